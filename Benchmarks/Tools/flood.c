// Asks over UDP as fast as answers come: a fixed number of questions outstanding, batches of 64. With -g the questions
// of a batch that have one source and one length leave as one message (UDP_SEGMENT), and answers that were sent so come in
// so (UDP_GRO): the generator costs less, the servers get and send the same datagrams.
#include "questions.h"

#include <poll.h>
#include <stddef.h>

// Seconds after which what is outstanding is lost.
#define PATIENCE 0.5

// The messages of a batch gathered: sorted by source and length, those that are equal in both are one message.
static int gather(struct batch *out, struct mmsghdr *gathered, struct iovec *vectors, int is_lone) {
  static struct { _Alignas(struct cmsghdr) uint8_t octets[128]; } control[BATCH];
  uint32_t key[BATCH], source;
  for (int i = 0; i < BATCH; i++) {
    source = 0;
    if (!is_lone) memcpy(&source, CMSG_DATA(CMSG_FIRSTHDR(&out->message[i].msg_hdr)) + offsetof(struct in_pktinfo, ipi_spec_dst), 4);
    uint32_t k = (source * 0x9e3779b9u >> 18 << 18) | (uint32_t)out->vector[i].iov_len << 6 | i;
    int at = i;
    for (; at > 0 && key[at - 1] > k; at--) key[at] = key[at - 1];
    key[at] = k;
  }
  int made = 0;
  for (int first = 0, end; first < BATCH; first = end) {
    struct msghdr *one = &out->message[key[first] & 63].msg_hdr, *h = &gathered[made].msg_hdr;
    for (end = first; end < BATCH && key[end] >> 6 == key[first] >> 6; end++) {
      struct msghdr *other = &out->message[key[end] & 63].msg_hdr;
      if (!is_lone && memcmp(one->msg_control, other->msg_control, one->msg_controllen)) break;
      vectors[end] = *other->msg_iov;
    }
    *h = *one;
    h->msg_iov = vectors + first;
    h->msg_iovlen = end - first;
    if (end - first > 1) {
      uint16_t octets = vectors[first].iov_len;
      h->msg_control = &control[made];
      memcpy(h->msg_control, one->msg_control, one->msg_controllen);
      struct cmsghdr *c = (struct cmsghdr *)((uint8_t *)h->msg_control + one->msg_controllen);
      *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(2), .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT};
      memcpy(CMSG_DATA(c), &octets, 2);
      h->msg_controllen += CMSG_SPACE(2);
    }
    made++;
  }
  return made;
}

// What arrived: an answer, or several of one length in one piece.
static size_t segment_of(struct msghdr *h, size_t length) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
    int octets;
    if (c->cmsg_level != SOL_UDP || c->cmsg_type != UDP_GRO) continue;
    memcpy(&octets, CMSG_DATA(c), sizeof octets);
    return octets;
  }
  return length;
}

int main(int argc, char **argv) {
  const char *path = NULL, *source = NULL, *pids = NULL;
  int port = 5300, window = 128, is_echo = 0, in_segments = 0, sleeps = 0, one = 1, option;
  double seconds = 2, warm = 0.3;
  while ((option = getopt(argc, argv, "f:p:s:w:t:u:P:egz")) != -1) switch (option) {
    case 'f': path = optarg; break;
    case 'p': port = atoi(optarg); break;
    case 's': source = optarg; break;
    case 'w': window = atoi(optarg); break;
    case 't': seconds = atof(optarg); break;
    case 'u': warm = atof(optarg); break;
    case 'P': pids = optarg; break;
    case 'e': is_echo = 1; break;
    case 'g': in_segments = 1; break;
    case 'z': sleeps = 1; break;
    default: path = NULL; optind = argc; break;
  }
  if (!path || window < BATCH || window > 32768) {
    fprintf(stderr, "flood -f QUESTIONS [-p PORT] [-s SOURCE] [-w OUTSTANDING] [-t SECONDS] [-u WARM-UP] [-P PID,PID] [-e] [-g]\n"
                    "  -P  processes whose CPU time is told; -e  the answers come from an echo, look at ids only; -g  in segments; -z  sleep while no answer\n"
                    "      comes: a third process needs this core\n");
    return 64;
  }
  static struct questions all;
  static struct batch out;
  // An IP packet's worth for each message that comes in.
  static uint8_t in[BATCH][65536];
  static struct mmsghdr message[BATCH], gathered[BATCH];
  static struct iovec vector[BATCH], vectors[BATCH];
  static struct { _Alignas(struct cmsghdr) uint8_t octets[64]; } control[BATCH];
  static struct { struct question q; int waits; } slot[65536];
  struct sockaddr_in server;
  load(&all, path);
  int fd = open_udp(&all, source, port, &server);
  prepare(&out, &server, !source && all.sources > 1);
  if (in_segments && setsockopt(fd, SOL_UDP, UDP_GRO, &one, sizeof one)) fail("UDP_GRO");

  uint64_t answers = 0, wrong = 0, lost = 0, strange = 0, octets_in = 0, octets_out = 0, looked = 0;
  uint16_t id = 0;
  int outstanding = 0;
  double start = now(), measured = 0, cpu = 0, other = 0, idle = 0, t;
  for (;;) {
    t = now();
    if (!measured && t - start >= warm) {
      measured = t;
      answers = lost = octets_in = octets_out = 0;
      idle = 0;
      cpu = own_cpu();
      other = cpu_of(pids);
    }
    if (measured && t - measured >= seconds) break;
    while (outstanding + BATCH <= window) {
      for (int i = 0; i < BATCH; i++) {
        id++;
        slot[id].q = take(&all);
        slot[id].waits = 1;
        put_question(&out, i, &all, &slot[id].q, id);
        octets_out += slot[id].q.length;
      }
      struct mmsghdr *ready = in_segments ? gathered : out.message;
      int count = in_segments ? gather(&out, gathered, vectors, out.message[0].msg_hdr.msg_control == NULL) : BATCH;
      for (int sent = 0; sent < count;) {
        int n = sendmmsg(fd, ready + sent, count - sent, 0);
        if (n < 0) {
          if (errno == ECONNREFUSED || errno == EINTR) continue;
          fail("sendmmsg");
        }
        sent += n;
      }
      outstanding += BATCH;
    }
    for (int i = 0; i < BATCH; i++) {
      vector[i] = (struct iovec){in[i], in_segments ? sizeof in[i] : ANSWER_OCTETS};
      message[i].msg_hdr = (struct msghdr){.msg_iov = &vector[i], .msg_iovlen = 1};
      if (in_segments) message[i].msg_hdr.msg_control = &control[i], message[i].msg_hdr.msg_controllen = sizeof control[i];
    }
    // Never asleep: a server that had to wake it would pay for that, and on a virtual machine that is a third of what a
    // question costs. The time in which nothing came is told apart from the generator's own.
    double quiet = 0;
    int n;
    while ((n = recvmmsg(fd, message, BATCH, MSG_DONTWAIT, NULL)) < 0 && errno == EAGAIN) {
      if (!quiet) quiet = now();
      if (now() - quiet > PATIENCE) break;
      if (sleeps) poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, (int)(PATIENCE * 1000));
    }
    int cause = errno;
    if (quiet) idle += now() - quiet;
    errno = cause;
    if (n < 0) {
      if (errno != EAGAIN && errno != EINTR && errno != ECONNREFUSED) fail("recvmmsg");
      if (errno == EAGAIN) {
        lost += outstanding;
        outstanding = 0;
        for (int i = 0; i < 65536; i++) slot[i].waits = 0;
      }
      continue;
    }
    for (int i = 0; i < n; i++) {
      size_t whole = message[i].msg_len, segment = segment_of(&message[i].msg_hdr, whole);
      for (size_t at = 0; at < whole; at += segment) {
        const uint8_t *m = in[i] + at;
        size_t length = whole - at < segment ? whole - at : segment;
        uint16_t got;
        memcpy(&got, m, 2);
        if (length < 2 || !slot[got].waits) {
          strange++;
          continue;
        }
        slot[got].waits = 0;
        outstanding--;
        answers++;
        octets_in += length;
        if (is_echo || is_right(&slot[got].q, m, length, looked++ % CHECKED_WHOLE == 0) || wrong++) continue;
        fprintf(stderr, "first wrong answer, to a question of %d octets: expected RCODE %d ANCOUNT %d, got RCODE %d ANCOUNT %d:",
          slot[got].q.length, slot[got].q.code, slot[got].q.answers, m[3] & 15, m[7]);
        for (size_t k = 12; k < length; k++) fprintf(stderr, m[k] > 32 && m[k] < 127 ? "%c" : "\\%03d", m[k]);
        fprintf(stderr, "\n");
      }
    }
  }
  double took = t - measured;
  printf("{\"answers\":%lu,\"lost\":%lu,\"wrong\":%lu,\"strange\":%lu,\"seconds\":%.4f,\"qps\":%.0f,\"generator_us\":%.3f,\"server_us\":%.3f,"
         "\"question_octets\":%.1f,\"answer_octets\":%.1f}\n",
    answers, lost, wrong, strange, took, answers / took, answers ? (own_cpu() - cpu - idle) * 1e6 / answers : 0,
    answers ? (cpu_of(pids) - other) * 1e6 / answers : 0, answers ? (double)octets_out / answers : 0,
    answers ? (double)octets_in / answers : 0);
  return wrong > 0;
}
