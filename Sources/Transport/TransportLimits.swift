// Every number that bounds the transport, with its reason.
import DNSWire
import Recursion

enum TransportLimits {
  /// Datagrams a system call: past 64 the cost of the call no longer shows.
  static var batch: Int { 64 }
  /// Octets of a question over UDP. We advertise 1232; a datagram past 4096 comes from nobody who read that, and what
  /// was cut off cannot be answered honestly: it is dropped, not guessed at.
  static var questionOctets: Int { 4096 }
  /// Distance between two datagram buffers: a page and a cache line, so that their heads do not share one cache set.
  static var datagramStride: Int { 4096 + 64 }
  /// Batches of one socket before the others have their turn.
  static var batchesATurn: Int { 8 }
  /// Batches answered from a socket after `stop()`: what had arrived by then, not what keeps arriving.
  static var batchesAtStop: Int { 64 }
  /// Receive buffer of a UDP socket, octets: 2,000 to 5,000 small questions, a pause of some 20 ms at full load.
  static var receiveBufferOctets: Int { 4 << 20 }
  /// How long and how often a full send buffer is waited for before the rest of a batch is dropped.
  static var sendWaitMilliseconds: CInt { 2 }
  static var sendWaits: Int { 3 }

  /// Segments of one message (UDP_MAX_SEGMENTS of Linux before 6.9; 128 since).
  static var segments: Int { 64 }
  /// Octets of an answer that may be a segment: one past the path's MTU is an error, while a datagram of its own would
  /// be cut into fragments. 1232 fits the least MTU of IPv6.
  static var segmentOctets: Int { 1232 }
  /// Octets of a message in segments, which its headers bring near the 65,535 of an IP packet.
  static var segmentedOctets: Int { 65_000 }

  /// Answers over UDP that a worker remembers, a power of two: 8 MB. Twice as many names as that, and what is
  /// remembered is seldom asked again.
  static var memoEntries: Int { 32_768 }
  static var memoNames: Int { 2 * memoEntries }
  /// Words of an entry: four lines of the cache hold most questions with their answers.
  static var memoWords: Int { 32 }
  /// What x86-64 and arm64 have next to pages of 4 KB.
  static var largePageOctets: Int { 2 << 20 }
  /// A longer question is not remembered.
  static var memoQuestionOctets: Int { 2 + 8 * AnswerMemo.Words.count }

  /// Events a system call (CLinux's own bound).
  static var events: Int { 64 }

  /// Connections waiting for accept(), a socket; the system may cut it to net.core.somaxconn.
  static var backlog: CInt { 1024 }
  /// Connections accepted in one turn, so that a flood of them does not starve those that are open.
  static var acceptsATurn: Int { 64 }
  /// Pause of accept() when the process or the system is out of descriptors or memory.
  static var acceptPauseMilliseconds: Int64 { 100 }
  /// When every slot is taken, a connection idle for this long makes room for a new one (RFC 7766 6.2.3).
  static var pressedIdleMilliseconds: Int64 { 1000 }
  /// One framed message: its length and 65,535 octets (RFC 1035 4.2.2).
  static var frameOctets: Int { 2 + Limits.tcpOctets }
  /// Input of a connection: one largest message, in whole pages.
  static var inputOctets: Int { 17 * 4096 }
  /// Output of a connection: answers are added while a largest one still fits; then the peer has to read first.
  static var outputOctets: Int { 33 * 4096 }
  /// A connection's buffers past this many octets go back to the system when it closes.
  static var keptOctets: Int { 4096 }
  /// Octets past those that all connections together may hold, of parts of questions and answers not taken: with 200 KB
  /// each, 4,096 peers that ask and do not read would hold 800 MB.
  static var heldOctets: Int { 64 << 20 }
  /// Send buffer of a TCP connection in the kernel, octets: two of the longest answers. Left to itself the kernel lets
  /// it grow to 4 MiB, which a thousand connections that do not read would turn into 4 GiB.
  static var streamSendBufferOctets: Int { 128 << 10 }
  /// Rounds of answering and sending for one connection in one turn.
  static var roundsATurn: Int { 4 }
  /// Answers for one connection in one round: pipelining does not starve the others.
  static var answersARound: Int { 1024 }
  /// The longest pause between two looks at idle connections.
  static var sweepMilliseconds: Int64 { 250 }

  /// Clients whose answers or packets of a second are counted, a power of two: 512 KB. With more at once, those who ask
  /// least are counted anew.
  static var secondCounts: Int { 65_536 }
  /// Questions past its limit in one second after which a source is shut out for the rest of it: a socket has room for
  /// 10,000 small ones of which those of others must find their part.
  static var shutOutExcess: Int { 2000 }
  /// Those of them that are its own, and not its prefix's; counted once the worker is behind.
  static var shutOutOwn: Int { 256 }
  /// Turns in which a socket gave all that a turn takes, one after the other, after which the worker is behind: 2,000
  /// questions. A pause of a few milliseconds is none, and a socket holds more.
  static var turnsBehind: Int { 4 }
  /// How many times the limit of its prefix a client gets that a cookie has proven (RFC 7873): a flood has an address
  /// as well.
  static var provenTimes: Int { 10 }
  /// Counters of TCP connections in each of two rows, a power of two: 128 KB, and several for each connection.
  static var connectionCounts: Int { 16_384 }

  /// Sources without a name in the world that a worker remembers, so that each is reported once; later ones are not
  /// reported, since a flood of forged addresses must not fill the log. As many over their quota.
  static var reportedSources: Int { 1024 }

  /// Answers of a worker that may wait for the query log, a power of two: 5 MB, and 20 ms of 400,000 answers a second.
  static var loggedAnswers: Int { 8192 }
  /// Octets of an answer that the log gets. An answer to a client without EDNS is no longer (RFC 1035 4.2.1); of a
  /// longer one the log has the records that are whole by then.
  static var loggedOctets: Int { Limits.plainUDPOctets }

  /// Questions of one address that wait for other servers at a time. A resolver behind us has some hundred at most;
  /// with all the places of a worker, it would leave none for anybody else.
  static var waitingPerClient: Int { RecursionLimits.waiting / 4 }
  /// Octets of another server's message that is not taken apart for a question over UDP: half a millisecond for 64 KB,
  /// in which nobody is answered. Names that are compressed less and signatures that are left out make it shorter or
  /// longer, but not four times.
  static var foreignDatagramOctets: Int { 4 * Limits.largestUDPOctets }
  /// Milliseconds that a question waits for other servers: a stub gives up after 5 s (resolv.conf(5)), and should hear
  /// before that why there is no answer.
  static var waitMilliseconds: Int64 { 4000 }
  /// Milliseconds after which a failure means silence, and no server is asked for the alias alone.
  static var aliasMilliseconds: Int64 { 2000 }
  /// How often a question may wait: each time for another answer, and where such have no time to live, for one again.
  static var foreignRounds: Int { 2 * ForeignAnswers.most }

  /// Tries to find one number that is free for both UDP and TCP when the port is ours to choose.
  static var portTries: Int { 64 }
  /// Worker threads: more than any machine's cores that we know of.
  static var workers: Int { 1024 }
}
