// What Linux offers and the Glibc module hides from Swift: batched datagrams, packet information, epoll, eventfd.
// Thin wrappers, no policy: every function does one system call or reads one structure.
#ifndef CLINUX_H
#define CLINUX_H

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

/// A socket address of either family, 28 octets instead of the 128 of sockaddr_storage.
union cl_address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

/// `struct mmsghdr`, which needs _GNU_SOURCE.
struct cl_message {
  struct msghdr header;
  unsigned int length;
};

/// An epoll event, unpacked.
struct cl_event {
  uint32_t events;
  uint64_t data;
};

/// Room for one IP_PKTINFO or IPV6_PKTINFO control message and one UDP_SEGMENT, aligned.
#define CL_CONTROL_OCTETS 64

// Bits of epoll events, and MSG_TRUNC of a received message.
#define CL_READABLE 0x001u
#define CL_WRITABLE 0x004u
#define CL_ERROR 0x008u
#define CL_HANGUP 0x010u
#define CL_TRUNCATED 0x20

// Addresses. Numbers are in host order.

static inline int cl_is_v6(const union cl_address *_Nonnull a) { return a->any.sa_family == AF_INET6; }

static inline uint16_t cl_port(const union cl_address *_Nonnull a) { return __builtin_bswap16(a->v4.sin_port); }

static inline uint32_t cl_v4(const union cl_address *_Nonnull a) { return __builtin_bswap32(a->v4.sin_addr.s_addr); }

static inline uint64_t cl_v6_high(const union cl_address *_Nonnull a) {
  uint64_t half;
  memcpy(&half, &a->v6.sin6_addr.s6_addr[0], sizeof half);
  return __builtin_bswap64(half);
}

static inline uint64_t cl_v6_low(const union cl_address *_Nonnull a) {
  uint64_t half;
  memcpy(&half, &a->v6.sin6_addr.s6_addr[8], sizeof half);
  return __builtin_bswap64(half);
}

/// A number for address and port together, the same for the same.
static inline uint64_t cl_peer(const union cl_address *_Nonnull a) {
  if (cl_is_v6(a)) return (cl_v6_high(a) ^ cl_v6_low(a)) + ((uint64_t)cl_port(a) << 48);
  return (uint64_t)cl_v4(a) << 16 | cl_port(a);
}

/// Fills `a`; returns the length that bind() and connect() want.
socklen_t cl_set_v4(union cl_address *_Nonnull a, uint32_t address, uint16_t port);
socklen_t cl_set_v6(union cl_address *_Nonnull a, uint64_t high, uint64_t low, uint16_t port);

// Sockets. Each returns -1 and sets errno when it fails.

/// A non-blocking, close-on-exec socket.
int cl_socket(int family, int is_stream);
int cl_bind(int fd, const union cl_address *_Nonnull a, socklen_t length);
int cl_connect(int fd, const union cl_address *_Nonnull a, socklen_t length);
int cl_accept(int fd, union cl_address *_Nonnull peer);
int cl_local_address(int fd, union cl_address *_Nonnull local);
int cl_share_port(int fd);
int cl_reuse_address(int fd);
int cl_v6_only(int fd);
int cl_make_nonblocking(int fd);
int cl_no_delay(int fd);
/// Asks for a receive buffer past the system's limit where this process may, else up to it.
int cl_receive_buffer(int fd, int octets);
/// Octets that it got; -1 when nobody says.
int cl_granted_receive_buffer(int fd);
int cl_send_buffer(int fd, int octets);
/// Each datagram says which address it was sent to (IP_PKTINFO, IPV6_RECVPKTINFO).
int cl_ask_destination(int fd, int is_v6);
/// Path MTU news from ICMP, which anybody can forge, is not believed.
int cl_ignore_path_mtu(int fd, int is_v6);
/// 1 when the kernel knows UDP_SEGMENT (Linux 4.18): an older one would send the segments as one datagram.
int cl_knows_segments(int fd);
ssize_t cl_send(int fd, const void *_Nonnull octets, size_t count);

// Filters of a UDP socket.

/// Addresses of one filter.
#define CL_SHUT_OUT_MOST 8

/// The kernel drops what comes from any of the addresses that are of the socket's family, before it takes room in the
/// socket (SO_ATTACH_FILTER, which needs no right). Without any such address nothing is dropped any more. `words`: how
/// many words of 32 bits of each address count.
int cl_shut_out(int fd, int is_v6, const union cl_address *_Nonnull list, const uint8_t *_Nonnull words, int count);

// Batches.

int cl_recvmmsg(int fd, struct cl_message *_Nonnull messages, unsigned int count);
int cl_sendmmsg(int fd, struct cl_message *_Nonnull messages, unsigned int count);
/// Sends one datagram with the control message of the question that it answers; 0 when the kernel took it.
int cl_send_late(int fd, const void *_Nonnull octets, size_t count, union cl_address *_Nonnull peer,
                 void *_Nonnull control, size_t control_octets);
/// Waits until `fd` can be written; 1 when it can, 0 after `milliseconds`.
int cl_wait_writable(int fd, int milliseconds);

/// The address to which the datagram of `header` was sent; 0 when there is no packet information. The control message
/// is left as sendmsg() wants it, so that the answer leaves from that address.
int cl_take_destination(struct msghdr *_Nonnull header, union cl_address *_Nonnull destination);

/// 1 when two messages that were received have the same source and the same control message.
static inline int cl_same_peer(const struct msghdr *_Nonnull a, const struct msghdr *_Nonnull b) {
  return a->msg_namelen == b->msg_namelen && memcmp(a->msg_name, b->msg_name, a->msg_namelen) == 0 &&
         a->msg_controllen == b->msg_controllen && memcmp(a->msg_control, b->msg_control, a->msg_controllen) == 0;
}

/// Appends to the control message, which has room for it: each `octets` of the message are a datagram of their own, the
/// rest one more (udp(7), UDP_SEGMENT).
void cl_set_segment(struct msghdr *_Nonnull header, uint16_t octets);

// Events.

int cl_epoll_create(void);
int cl_epoll_add(int epoll, int fd, uint32_t events, uint64_t data);
int cl_epoll_change(int epoll, int fd, uint32_t events, uint64_t data);
/// At most 64 events; `milliseconds` -1 waits for ever. EINTR is reported as no event.
int cl_epoll_wait(int epoll, struct cl_event *_Nonnull events, int count, int milliseconds);
int cl_eventfd(void);
void cl_eventfd_signal(int fd);
void cl_eventfd_clear(int fd);

/// A descriptor that reads the signals of `signals`, which must be blocked.
int cl_signalfd(const int *_Nonnull signals, int count);
/// The next signal that waits in `fd`; 0 when none does.
int cl_signalfd_read(int fd);
/// Blocks (`block` 1) or unblocks the signals for the calling thread and those that it starts.
void cl_mask_signals(const int *_Nonnull signals, int count, int block);
void cl_ignore_signal(int number);
/// Each of the signals ends the process from now on, also where the kernel keeps that from happening by itself: for
/// process 1, as in a container, what has no handler is thrown away.
void cl_end_at_signals(const int *_Nonnull signals, int count);
/// Undoes what a shell or nohup left ignored: an ignored signal never reaches a signalfd.
void cl_heed_signals(const int *_Nonnull signals, int count);

/// Milliseconds of a clock that never goes back; a few milliseconds coarse, and as cheap as a load.
int64_t cl_coarse_milliseconds(void);

/// Seconds of the wall clock, a few milliseconds late, and as cheap as a load.
uint32_t cl_coarse_second(void);

/// Microseconds of CLOCK_MONOTONIC, as systemd compares them.
int64_t cl_monotonic_microseconds(void);

/// Sends a datagram to the Unix socket at `path`, of which a first `@` stands for the octet 0 of an abstract name.
int cl_notify(const char *_Nonnull path, const char *_Nonnull octets, size_t count);

/// Address space that costs memory only where it is touched; NULL when there is none.
void *_Nullable cl_reserve(size_t octets);
/// Calls four lines of memory into the cache.
static inline void cl_prefetch(const void *_Nonnull start) {
  for (int line = 0; line < 4; line++) __builtin_prefetch((const char *)start + 64 * line);
}

/// Pages of 2 MB where the system has them: memory that is read at random then needs no walk through page tables.
void cl_ask_for_large_pages(void *_Nonnull start, size_t octets);
/// Moves memory that is in use already to such pages, as far as it fills them, and waits for that (Linux 6.1; an older
/// one does it by and by).
void cl_move_to_large_pages(const void *_Nonnull start, size_t octets);
void cl_give_back(void *_Nonnull start, size_t octets);
void cl_release(void *_Nonnull start, size_t octets);

/// Gives the free memory of the allocator back to the system.
void cl_trim_memory(void);

/// Becomes another user for good: no group, right or capability of the old one is left, no program that is run later
/// gets one, and that is tried out. NULL, or the call that failed, errno telling why. What glibc does in every thread
/// (setuid) it does; capabilities and the promise are this thread's and those that it starts: call it before others.
const char *_Nullable cl_become(uid_t user, gid_t group, const gid_t *_Nonnull groups, size_t count);

/// Raises the soft limit of open files to the hard one, which is returned.
uint64_t cl_raise_file_limit(void);
/// A standard descriptor that is closed would be the next file's that is opened, and what is printed would land there.
/// Whoever uses it gets EBADF, as if it were still closed.
void cl_hold_standard_descriptors(void);
void cl_name_thread(const char *_Nonnull name);

#endif
