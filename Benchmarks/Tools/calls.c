#define _GNU_SOURCE
// Calls the API over persistent connections, one call outstanding on each, and tells how many were answered with 200
// and how long each took. The calls are in a file: the bodies of POSTs, a line each, taken in turn.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 256, REPLY_OCTETS = 1 << 16, MOST_TIMES = 1 << 20 };

struct connection {
  int fd;
  size_t next, filled;
  double asked, due;
  int waits;
  char reply[REPLY_OCTETS];
};

static char **bodies;
static size_t body_count;
static struct connection connections[MOST_CONNECTIONS];
static double times[MOST_TIMES];
static int port = 5380;
static const char *credential = "ec2";
// Seconds from call to call of one connection; 0: as fast as replies come.
static double interval;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void load(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) fail(path);
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  while ((length = getline(&line, &room, file)) > 0) {
    if (line[length - 1] == '\n') line[--length] = 0;
    bodies = realloc(bodies, (body_count + 1) * sizeof *bodies);
    bodies[body_count++] = strdup(line);
  }
  fclose(file);
  if (!body_count) fail("no calls");
}

static void ask(struct connection *c, int step) {
  const char *body = bodies[c->next % body_count];
  c->next += step;
  char message[4096];
  int length = snprintf(message, sizeof message,
                        "POST / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                        "Authorization: AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/%s/aws4_request, "
                        "SignedHeaders=host, Signature=0\r\nContent-Length: %zu\r\n\r\n%s",
                        port, credential, strlen(body), body);
  if (length >= (int)sizeof message) fail("a call is too long");
  c->filled = 0;
  c->waits = 0;
  c->asked = now();
  c->due += interval;
  if (send(c->fd, message, length, MSG_NOSIGNAL) != length) fail("send");
}

// The status once the reply is whole, else 0.
static int hear(struct connection *c) {
  ssize_t n = recv(c->fd, c->reply + c->filled, REPLY_OCTETS - 1 - c->filled, 0);
  if (n <= 0) fail("recv");
  c->filled += n;
  c->reply[c->filled] = 0;
  char *end = strstr(c->reply, "\r\n\r\n");
  if (!end) return 0;
  char *size = strcasestr(c->reply, "\r\ncontent-length:");
  if (!size || size > end) fail("a reply without a length");
  if (c->filled < (size_t)(end + 4 - c->reply) + strtoul(size + 17, NULL, 10)) return 0;
  return atoi(c->reply + 9);
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  const char *path = NULL;
  int count = 1, option;
  double seconds = 2, warm = 0.3, rate = 0;
  while ((option = getopt(argc, argv, "f:p:c:t:u:s:r:")) != -1) switch (option) {
    case 'f': path = optarg; break;
    case 'p': port = atoi(optarg); break;
    case 'c': count = atoi(optarg); break;
    case 't': seconds = atof(optarg); break;
    case 'u': warm = atof(optarg); break;
    case 's': credential = optarg; break;
    case 'r': rate = atof(optarg); break;
    default: path = NULL; optind = argc; break;
  }
  if (!path || count < 1 || count > MOST_CONNECTIONS) {
    fprintf(stderr, "calls -f BODIES [-p PORT] [-c CONNECTIONS] [-t SECONDS] [-u WARM-UP] [-s SERVICE] [-r CALLS-A-SECOND]\n");
    return 64;
  }
  load(path);
  interval = rate > 0 ? count / rate : 0;
  struct pollfd waits[MOST_CONNECTIONS];
  struct sockaddr_in server = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < count; i++) {
    struct connection *c = &connections[i];
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&server, sizeof server)) fail("connect");
    c->next = i;
    c->due = now();
    waits[i] = (struct pollfd){.fd = c->fd, .events = POLLIN};
    ask(c, count);
  }
  double start = now() + warm, end = start + seconds;
  uint64_t right = 0, wrong = 0;
  size_t timed = 0;
  while (now() < end) {
    if (poll(waits, count, interval > 0 ? 1 : 100) < 0 && errno != EINTR) fail("poll");
    for (int i = 0; i < count; i++) {
      struct connection *c = &connections[i];
      if (c->waits && now() >= c->due) ask(c, count);
      if (!waits[i].revents) continue;
      int status = hear(c);
      if (!status) continue;
      double at = now();
      if (at >= start) {
        if (status == 200) right++;
        else if (!wrong++) fprintf(stderr, "%.300s\n", c->reply);
        if (timed < MOST_TIMES) times[timed++] = at - c->asked;
      }
      c->waits = 1;
      if (at >= c->due || interval == 0) ask(c, count);
    }
  }
  double elapsed = now() - start;
  qsort(times, timed, sizeof *times, by_size);
  printf("{\"calls\": %lu, \"wrong\": %lu, \"rate\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n", (unsigned long)right,
         (unsigned long)wrong, right / elapsed, timed ? times[timed / 2] * 1e3 : 0,
         timed ? times[timed * 99 / 100] * 1e3 : 0);
  return 0;
}
