// Sends questions over UDP as fast as it can, or at a rate, and reads no answer: a flood. With -g a batch leaves as one
// message (UDP_SEGMENT), which floods several times faster; with -x each question has another forged source.
#include "questions.h"

enum { MOST_SOCKETS = 64, SEGMENTS = 32 };

int main(int argc, char **argv) {
  const char *path = NULL, *source = "127.0.0.66";
  int port = 5300, sockets = 8, in_segments = 0, is_forged = 0, option;
  double seconds = 2, rate = 0;
  while ((option = getopt(argc, argv, "f:p:s:n:t:r:gx")) != -1) switch (option) {
    case 'f': path = optarg; break;
    case 'p': port = atoi(optarg); break;
    case 's': source = optarg; break;
    case 'n': sockets = atoi(optarg); break;
    case 't': seconds = atof(optarg); break;
    case 'r': rate = atof(optarg); break;
    case 'g': in_segments = 1; break;
    case 'x': is_forged = 1; break;
    default: path = NULL; optind = argc; break;
  }
  if (!path || sockets < 1 || sockets > MOST_SOCKETS) {
    fprintf(stderr, "blast -f QUESTIONS [-p PORT] [-s SOURCE] [-n PORTS-OF-ITS-OWN] [-t SECONDS] [-r QUESTIONS-A-SECOND] [-g] [-x]\n"
                    "  -g  in segments; -x  from any address of 127.128.0.0/9 instead of SOURCE\n");
    return 64;
  }
  static struct questions all;
  static struct batch out;
  struct sockaddr_in server;
  load(&all, path);
  if (is_forged) {
    // Packet information names the source of each message.
    all.sources = 2;
    source = NULL;
  }
  int fd[MOST_SOCKETS];
  for (int i = 0; i < sockets; i++) {
    fd[i] = open_udp(&all, source, port, &server);
    int size = 1;  // what comes back fills nothing
    setsockopt(fd[i], SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    int segment = 0;
    if (in_segments && setsockopt(fd[i], SOL_UDP, UDP_SEGMENT, &segment, sizeof segment)) fail("UDP_SEGMENT");
  }
  prepare(&out, &server, is_forged);
  static uint8_t joined[SEGMENTS * 512];
  uint64_t sent = 0, refused = 0;
  uint32_t number = 0x9e3779b9u, next = 0;
  double start = now(), t;
  while ((t = now()) - start < seconds) {
    if (rate && sent >= (t - start) * rate) continue;
    int to = fd[next++ % sockets];
    if (in_segments) {
      struct question q = take(&all);
      for (int i = 0; i < SEGMENTS; i++) memcpy(joined + i * q.length, q.message, q.length);
      int segment = q.length;
      if (setsockopt(to, SOL_UDP, UDP_SEGMENT, &segment, sizeof segment)) fail("UDP_SEGMENT");
      if (send(to, joined, (size_t)SEGMENTS * q.length, 0) > 0) sent += SEGMENTS; else refused++;
      continue;
    }
    for (int i = 0; i < BATCH; i++) {
      struct question q = take(&all);
      put_question(&out, i, &all, &q, next + i);
      if (!is_forged) continue;
      number ^= number << 13, number ^= number >> 17, number ^= number << 5;
      struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(127u << 24 | 1u << 23 | (number & 0x7fffff))};
      memcpy(CMSG_DATA(CMSG_FIRSTHDR(&out.message[i].msg_hdr)), &info, sizeof info);
    }
    int n = sendmmsg(to, out.message, BATCH, 0);
    if (n > 0) sent += n; else refused++;
  }
  // The clock is the whole machine's: who started this knows what happened meanwhile.
  printf("{\"sent\":%lu,\"refused\":%lu,\"rate\":%.0f,\"begin\":%.6f,\"end\":%.6f}\n", sent, refused,
    sent / (t - start), start, t);
  return 0;
}
