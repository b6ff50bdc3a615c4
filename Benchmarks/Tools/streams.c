// Asks over TCP as fast as answers come: persistent connections with some questions outstanding on each, or (-n) a new
// connection for each question.
#include "questions.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

enum { MOST_OUTSTANDING = 256, INPUT_OCTETS = 1 << 16 };

struct connection {
  int fd, filled, is_connected;
  uint16_t first, next;  // ids outstanding: [first, next)
  struct question slot[MOST_OUTSTANDING];
  uint8_t waits[MOST_OUTSTANDING];
  uint8_t *input;
};

static struct questions all;
static struct sockaddr_in server;
static int epoll, depth = 16;
static uint64_t answers, wrong, opened;

static void open_connection(struct connection *c) {
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) fail("socket");
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(all.source[0])};
  if (bind(c->fd, (struct sockaddr *)&own, sizeof own)) fail("bind");
  if (connect(c->fd, (struct sockaddr *)&server, sizeof server) && errno != EINPROGRESS) fail("connect");
  c->filled = c->is_connected = 0;
  c->first = c->next = 0;
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event)) fail("epoll_ctl");
  opened++;
}

static void close_connection(struct connection *c) {
  // A reset: otherwise thousands of ports would wait in TIME_WAIT.
  struct linger linger = {.l_onoff = 1};
  setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close(c->fd);
}

// Fills the window, by one system call.
static void ask(struct connection *c) {
  static uint8_t out[MOST_OUTSTANDING * (2 + 512)];
  size_t length = 0;
  while ((uint16_t)(c->next - c->first) < depth) {
    struct question q = take(&all);
    uint16_t id = c->next++;
    c->slot[id % MOST_OUTSTANDING] = q;
    c->waits[id % MOST_OUTSTANDING] = 1;
    out[length] = q.length >> 8;
    out[length + 1] = q.length & 0xff;
    memcpy(out + length + 2, q.message, q.length);
    memcpy(out + length + 2, &id, 2);
    length += 2 + q.length;
  }
  // The socket's buffer holds a window many times over, so a short write would be a surprise.
  if (length && send(c->fd, out, length, MSG_NOSIGNAL) != (ssize_t)length) fail("send");
}

// Takes answers, in whatever order; returns 0 when the peer has gone.
static int hear(struct connection *c) {
  ssize_t n = recv(c->fd, c->input + c->filled, INPUT_OCTETS - c->filled, 0);
  if (n == 0 || (n < 0 && errno != EAGAIN)) return 0;
  if (n < 0) return 1;
  c->filled += n;
  int at = 0;
  while (c->filled - at >= 2) {
    int length = c->input[at] << 8 | c->input[at + 1];
    if (c->filled - at < 2 + length) break;
    uint8_t *m = c->input + at + 2;
    uint16_t id;
    memcpy(&id, m, 2);
    int place = id % MOST_OUTSTANDING;
    if ((uint16_t)(id - c->first) >= (uint16_t)(c->next - c->first) || !c->waits[place] ||
        !is_right(&c->slot[place], m, length, answers % CHECKED_WHOLE == 0)) wrong++;
    c->waits[place] = 0;
    while (c->first != c->next && !c->waits[c->first % MOST_OUTSTANDING]) c->first++;
    answers++;
    at += 2 + length;
  }
  memmove(c->input, c->input + at, c->filled - at);
  c->filled -= at;
  return 1;
}

int main(int argc, char **argv) {
  const char *path = NULL, *pids = NULL;
  int port = 5300, count = 1, is_new = 0, option;
  double seconds = 2, warm = 0.3;
  while ((option = getopt(argc, argv, "f:p:c:d:t:u:P:n")) != -1) switch (option) {
    case 'f': path = optarg; break;
    case 'p': port = atoi(optarg); break;
    case 'c': count = atoi(optarg); break;
    case 'd': depth = atoi(optarg); break;
    case 't': seconds = atof(optarg); break;
    case 'u': warm = atof(optarg); break;
    case 'P': pids = optarg; break;
    case 'n': is_new = 1; break;
    default: path = NULL; optind = argc; break;
  }
  if (!path || count < 1 || depth < 1 || depth > MOST_OUTSTANDING) {
    fprintf(stderr, "streams -f QUESTIONS [-p PORT] [-c CONNECTIONS] [-d OUTSTANDING-EACH] [-t SECONDS] [-u WARM-UP] [-P PID,PID] [-n]\n"
                    "  the questions have one source; -n  a new connection for each question\n");
    return 64;
  }
  load(&all, path);
  if (is_new) depth = 1;
  server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  epoll = epoll_create1(0);
  struct connection *connections = calloc(count, sizeof *connections);
  for (int i = 0; i < count; i++) {
    connections[i].input = malloc(INPUT_OCTETS);
    open_connection(&connections[i]);
  }
  uint64_t broken = 0;
  double start = now(), measured = 0, cpu = 0, other = 0, t, heard = start;
  for (;;) {
    t = now();
    if (!measured && t - start >= warm) {
      measured = t;
      answers = broken = opened = 0;
      cpu = own_cpu();
      other = cpu_of(pids);
    }
    if (measured && t - measured >= seconds) break;
    if (t - heard > 5) {
      fprintf(stderr, "no answer for five seconds\n");
      return 1;
    }
    struct epoll_event events[256];
    int n = epoll_wait(epoll, events, 256, 100);
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (!c->is_connected && events[i].events & EPOLLOUT) {
        c->is_connected = 1;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
        ask(c);
      }
      if (!(events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) continue;
      uint64_t before = answers;
      int lives = hear(c);
      if (answers != before) heard = t;
      if (!lives) broken++;
      if (!lives || (is_new && answers != before)) {
        close_connection(c);
        open_connection(c);
      } else if (answers != before) {
        ask(c);
      }
    }
  }
  double took = t - measured;
  printf("{\"answers\":%lu,\"broken\":%lu,\"wrong\":%lu,\"opened\":%lu,\"seconds\":%.4f,\"qps\":%.0f,\"generator_us\":%.3f,\"server_us\":%.3f}\n",
    answers, broken, wrong, opened, took, answers / took, answers ? (own_cpu() - cpu) * 1e6 / answers : 0,
    answers ? (cpu_of(pids) - other) * 1e6 / answers : 0);
  return wrong > 0;
}
