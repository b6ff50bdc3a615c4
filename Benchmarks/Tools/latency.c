// Asks over UDP at a fixed rate, whatever the server does, and tells how long answers took from the moment when each
// question was due: a late question counts as late, so a pause of the server does not hide the questions behind it.
#include "questions.h"

// Seconds after the last question was due, after which what has no answer is lost.
#define PATIENCE 0.5

// Buckets of a logarithmic histogram: 64 in each doubling, so a value is told within 1.6 %.
enum { STEPS = 64, DOUBLINGS = 40 };

static int bucket_of(uint64_t ns) {
  if (ns < STEPS) return ns;
  int doubling = 63 - __builtin_clzll(ns) - 6;
  return (doubling + 1) * STEPS + (int)((ns >> doubling) - STEPS);
}

static double value_of(int bucket) {
  if (bucket < STEPS) return bucket;
  int doubling = bucket / STEPS - 1;
  return (double)((uint64_t)(bucket % STEPS + STEPS + 1) << doubling);
}

int main(int argc, char **argv) {
  const char *path = NULL;
  int port = 5300, is_echo = 0, option;
  double seconds = 3, warm = 0.3, rate = 100000;
  while ((option = getopt(argc, argv, "f:p:r:t:u:e")) != -1) switch (option) {
    case 'f': path = optarg; break;
    case 'p': port = atoi(optarg); break;
    case 'r': rate = atof(optarg); break;
    case 't': seconds = atof(optarg); break;
    case 'u': warm = atof(optarg); break;
    case 'e': is_echo = 1; break;
    default: path = NULL; optind = argc; break;
  }
  if (!path || rate <= 0) {
    fprintf(stderr, "latency -f QUESTIONS -r QUESTIONS-A-SECOND [-p PORT] [-t SECONDS] [-u WARM-UP] [-e]\n");
    return 64;
  }
  static struct questions all;
  static struct batch out, in;
  static struct { struct question q; double due; int waits; } slot[65536];
  static uint64_t histogram[STEPS * DOUBLINGS];
  struct sockaddr_in server;
  load(&all, path);
  int fd = open_udp(&all, NULL, port, &server);
  prepare(&out, &server, all.sources > 1);
  prepare(&in, NULL, 0);

  uint64_t sent = 0, due = 0, answers = 0, wrong = 0, lost = 0, waiting = 0;
  double start = now(), end = start + warm + seconds;
  uint16_t id = 0;
  for (;;) {
    double t = now();
    due = (uint64_t)(((t < end ? t : end) - start) * rate);
    if (t >= end + PATIENCE || (t >= end && sent >= due && !waiting)) break;
    int n = 0;
    while (sent < due && n < BATCH) {
      id++;
      if (slot[id].waits) lost += slot[id].due - start >= warm;
      else waiting++;
      slot[id].q = take(&all);
      slot[id].due = start + sent / rate;
      slot[id].waits = 1;
      put_question(&out, n++, &all, &slot[id].q, id);
      sent++;
    }
    for (int done = 0; done < n;) {
      int m = sendmmsg(fd, out.message + done, n - done, 0);
      if (m < 0 && errno != EINTR && errno != ECONNREFUSED) fail("sendmmsg");
      if (m > 0) done += m;
    }
    n = recvmmsg(fd, in.message, BATCH, MSG_DONTWAIT, NULL);
    if (n <= 0) continue;
    t = now();
    for (int i = 0; i < n; i++) {
      uint16_t got;
      memcpy(&got, in.octets[i], 2);
      if (!slot[got].waits) continue;
      slot[got].waits = 0;
      waiting--;
      if (!is_echo && !is_right(&slot[got].q, in.octets[i], in.message[i].msg_len, answers % CHECKED_WHOLE == 0)) wrong++;
      if (slot[got].due - start < warm) continue;
      answers++;
      int bucket = bucket_of((uint64_t)((t - slot[got].due) * 1e9));
      histogram[bucket < STEPS * DOUBLINGS ? bucket : STEPS * DOUBLINGS - 1]++;
    }
  }
  for (int i = 0; i < 65536; i++) lost += slot[i].waits && slot[i].due - start >= warm;
  // And what has not even been sent by now.
  lost += due - sent;
  static const double share[] = {0.5, 0.99, 0.999};
  double value[3] = {0};
  for (int k = 0; k < 3; k++) {
    uint64_t seen = 0;
    for (int i = 0; i < STEPS * DOUBLINGS; i++) {
      seen += histogram[i];
      if (answers && seen >= share[k] * answers) {
        value[k] = value_of(i) / 1000;
        break;
      }
    }
  }
  printf("{\"answers\":%lu,\"lost\":%lu,\"wrong\":%lu,\"rate\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f}\n", answers, lost,
    wrong, answers / seconds, value[0], value[1], value[2]);
  return wrong > 0;
}
