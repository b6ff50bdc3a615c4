// The limit: a UDP server that does nothing but hand datagrams back, each with some octets more, as an answer has.
// Socket options and batch are those of Sources/Transport/Sockets.swift and TransportLimits.swift.
#include "questions.h"

enum { STRIDE = 4096 + 64 };

int main(int argc, char **argv) {
  int port = 5300, more = 16, option, size = 4 << 20, omit = IP_PMTUDISC_OMIT;
  while ((option = getopt(argc, argv, "p:a:")) != -1) switch (option) {
    case 'p': port = atoi(optarg); break;
    case 'a': more = atoi(optarg); break;
    default: fprintf(stderr, "echo [-p PORT] [-a OCTETS-MORE]\n"); return 64;
  }
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) fail("socket");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size)) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &omit, sizeof omit);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (struct sockaddr *)&own, sizeof own)) fail("bind");

  static uint8_t octets[BATCH][STRIDE];
  static struct mmsghdr message[BATCH];
  static struct iovec vector[BATCH];
  static struct sockaddr_in peer[BATCH];
  for (int i = 0; i < BATCH; i++) {
    vector[i].iov_base = octets[i];
    message[i].msg_hdr = (struct msghdr){.msg_name = &peer[i], .msg_iov = &vector[i], .msg_iovlen = 1};
  }
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      vector[i].iov_len = 4096 - more;
      message[i].msg_hdr.msg_namelen = sizeof peer[i];
    }
    int n = recvmmsg(fd, message, BATCH, MSG_WAITFORONE, NULL);
    if (n < 0) {
      if (errno == EINTR || errno == ECONNREFUSED) continue;
      fail("recvmmsg");
    }
    for (int i = 0; i < n; i++) {
      octets[i][2] |= 0x80;
      vector[i].iov_len = message[i].msg_len + more;
    }
    for (int sent = 0; sent < n;) {
      int done = sendmmsg(fd, message + sent, n - sent, MSG_NOSIGNAL);
      if (done < 0) {
        if (errno != ECONNREFUSED && errno != EINTR) sent++;
        continue;
      }
      sent += done;
    }
  }
}
