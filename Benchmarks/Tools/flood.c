// Asks over UDP as fast as answers come: a fixed number of questions outstanding, batches of 64.
#include "questions.h"

int main(int argc, char **argv) {
  const char *path = NULL, *source = NULL, *pids = NULL;
  int port = 5300, window = 128, is_echo = 0, option;
  double seconds = 2, warm = 0.3;
  while ((option = getopt(argc, argv, "f:p:s:w:t:u:P:e")) != -1) switch (option) {
    case 'f': path = optarg; break;
    case 'p': port = atoi(optarg); break;
    case 's': source = optarg; break;
    case 'w': window = atoi(optarg); break;
    case 't': seconds = atof(optarg); break;
    case 'u': warm = atof(optarg); break;
    case 'P': pids = optarg; break;
    case 'e': is_echo = 1; break;
    default: path = NULL; optind = argc; break;
  }
  if (!path || window < BATCH || window > 32768) {
    fprintf(stderr, "flood -f QUESTIONS [-p PORT] [-s SOURCE] [-w OUTSTANDING] [-t SECONDS] [-u WARM-UP] [-P PID,PID] [-e]\n"
                    "  -P  processes whose CPU time is told; -e  the answers come from an echo, look at ids only\n");
    return 64;
  }
  static struct questions all;
  static struct batch out, in;
  static struct { struct question q; int waits; } slot[65536];
  struct sockaddr_in server;
  load(&all, path);
  int fd = open_udp(&all, source, port, &server);
  struct timeval patience = {.tv_usec = 500000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  prepare(&out, &server, !source && all.sources > 1);
  prepare(&in, NULL, 0);

  uint64_t answers = 0, wrong = 0, lost = 0, strange = 0, octets_in = 0, octets_out = 0, looked = 0;
  uint16_t id = 0;
  int outstanding = 0;
  double start = now(), measured = 0, cpu = 0, other = 0, t;
  for (;;) {
    t = now();
    if (!measured && t - start >= warm) {
      measured = t;
      answers = lost = octets_in = octets_out = 0;
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
      for (int sent = 0; sent < BATCH;) {
        int n = sendmmsg(fd, out.message + sent, BATCH - sent, 0);
        if (n < 0) {
          if (errno == ECONNREFUSED || errno == EINTR) continue;
          fail("sendmmsg");
        }
        sent += n;
      }
      outstanding += BATCH;
    }
    int n = recvmmsg(fd, in.message, BATCH, MSG_WAITFORONE, NULL);
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
      size_t length = in.message[i].msg_len;
      uint16_t got;
      memcpy(&got, in.octets[i], 2);
      if (length < 2 || !slot[got].waits) {
        strange++;
        continue;
      }
      slot[got].waits = 0;
      outstanding--;
      answers++;
      octets_in += length;
      if (!is_echo && !is_right(&slot[got].q, in.octets[i], length, looked++ % CHECKED_WHOLE == 0)) {
        if (!wrong++) {
          fprintf(stderr, "first wrong answer, to a question of %d octets: expected RCODE %d ANCOUNT %d, got RCODE %d ANCOUNT %d:",
            slot[got].q.length, slot[got].q.code, slot[got].q.answers, in.octets[i][3] & 15, in.octets[i][7]);
          for (size_t k = 12; k < length; k++) {
            uint8_t c = in.octets[i][k];
            fprintf(stderr, c > 32 && c < 127 ? "%c" : "\\%03d", c);
          }
          fprintf(stderr, "\n");
        }
      }
    }
  }
  double took = t - measured;
  printf("{\"answers\":%lu,\"lost\":%lu,\"wrong\":%lu,\"strange\":%lu,\"seconds\":%.4f,\"qps\":%.0f,\"generator_us\":%.3f,\"server_us\":%.3f,"
         "\"question_octets\":%.1f,\"answer_octets\":%.1f}\n",
    answers, lost, wrong, strange, took, answers / took, answers ? (own_cpu() - cpu) * 1e6 / answers : 0,
    answers ? (cpu_of(pids) - other) * 1e6 / answers : 0, answers ? (double)octets_out / answers : 0,
    answers ? (double)octets_in / answers : 0);
  return wrong > 0;
}
