// A file of questions with what is expected of each answer, read into memory and asked round and round.
//
// "CLQ1", u32 questions, u32 sources, u32 IPv4 address of each source; then for each question u16 source, u16 octets of
// the question, u8 RCODE, u8 ANCOUNT, u16 octets of RDATA, the question as a DNS message (its id is 0), and the RDATA of
// the last record of the answer section, uncompressed. Numbers are little endian.
#pragma once
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, ANSWER_OCTETS = 4096, CHECKED_WHOLE = 16 };

struct question {
  uint16_t source, length;
  uint8_t code, answers;
  uint16_t rdlength;
  const uint8_t *message, *rdata;
};

struct questions {
  uint8_t *octets;
  size_t size, first, next;
  uint32_t count, sources;
  const uint32_t *source;
};

static void __attribute__((noreturn, unused)) fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static inline void load(struct questions *all, const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path);
  fseek(file, 0, SEEK_END);
  all->size = ftell(file);
  rewind(file);
  all->octets = malloc(all->size);
  if (!all->octets || fread(all->octets, 1, all->size, file) != all->size || memcmp(all->octets, "CLQ1", 4)) fail(path);
  fclose(file);
  memcpy(&all->count, all->octets + 4, 4);
  memcpy(&all->sources, all->octets + 8, 4);
  all->source = (const uint32_t *)(all->octets + 12);
  all->first = all->next = 12 + 4 * (size_t)all->sources;
}

static inline struct question take(struct questions *all) {
  struct question q;
  const uint8_t *at = all->octets + all->next;
  memcpy(&q, at, 8);
  q.message = at + 8;
  q.rdata = q.message + q.length;
  all->next += 8 + q.length + q.rdlength;
  if (all->next >= all->size) all->next = all->first;
  return q;
}

// Reads a possibly compressed name at `at` into `name` (255 octets); returns where it ended, or 0 when it is broken.
static inline size_t read_name(const uint8_t *m, size_t length, size_t at, uint8_t *name, size_t *name_length) {
  size_t end = 0, n = 0;
  for (int hops = 0; at < length && hops < 128; hops++) {
    uint8_t size = m[at];
    if (size >= 0xc0) {
      if (at + 1 >= length) return 0;
      if (!end) end = at + 2;
      at = (size & 0x3f) << 8 | m[at + 1];
      continue;
    }
    if (at + 1 + size > length || n + 1 + size > 255) return 0;
    memcpy(name + n, m + at, 1 + size);
    n += 1 + size;
    at += 1 + size;
    if (!size) {
      *name_length = n;
      return end ? end : at;
    }
  }
  return 0;
}

static inline int is_same_name(const uint8_t *a, const uint8_t *b, size_t length) {
  for (size_t i = 0; i < length; i++) {
    uint8_t x = a[i], y = b[i];
    if (x >= 'A' && x <= 'Z') x |= 32;
    if (y >= 'A' && y <= 'Z') y |= 32;
    if (x != y) return 0;
  }
  return 1;
}

// Every answer: it is one, its RCODE and ANCOUNT. A `whole` look also walks the answer section: the question comes back,
// and the last record's RDATA is the expected one.
static inline int is_right(const struct question *q, const uint8_t *m, size_t length, int whole) {
  if (length < 12 || !(m[2] & 0x80) || (m[3] & 15) != q->code) return 0;
  if (m[6] != 0 || m[7] != q->answers) return 0;
  if (!whole) return 1;
  uint8_t name[255];
  size_t asked = 12, name_length;
  while (q->message[asked]) asked += 1 + q->message[asked];
  asked += 5;
  if (length < asked || m[5] != 1 || !is_same_name(m + 12, q->message + 12, asked - 12)) return 0;
  size_t at = asked;
  for (int record = 0; record < q->answers; record++) {
    at = read_name(m, length, at, name, &name_length);
    if (!at || at + 10 > length) return 0;
    uint16_t type = m[at] << 8 | m[at + 1], size = m[at + 8] << 8 | m[at + 9];
    at += 10;
    if (at + size > length) return 0;
    if (record == q->answers - 1) {
      if (type == 12 || type == 5) {
        if (!read_name(m, length, at, name, &name_length)) return 0;
        if (name_length != q->rdlength || !is_same_name(name, q->rdata, name_length)) return 0;
      } else if (size != q->rdlength || memcmp(m + at, q->rdata, size)) {
        return 0;
      }
    }
    at += size;
  }
  return 1;
}

static inline double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static inline double own_cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

// User and system time of other processes, "12,13", in seconds, from /proc/PID/stat.
static inline double cpu_of(const char *pids) {
  double sum = 0;
  for (const char *at = pids; at && *at;) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", strtol(at, NULL, 10));
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file) fclose(file);
    text[n] = 0;
    unsigned long user, system;
    const char *rest = strrchr(text, ')');
    if (rest && sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) == 2)
      sum += (double)(user + system) / sysconf(_SC_CLK_TCK);
    at = strchr(at, ',');
    if (at) at++;
  }
  return sum;
}

// A UDP socket to 127.0.0.1:`port`. With one source it is bound and connected; with several, each message carries its
// own source as packet information.
static inline int open_udp(const struct questions *all, const char *source, int port, struct sockaddr_in *server) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 4 << 20;
  if (fd < 0) fail("socket");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size)) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  *server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr_in own = {.sin_family = AF_INET};
  if (source) own.sin_addr.s_addr = inet_addr(source);
  else if (all->sources == 1) own.sin_addr.s_addr = htonl(all->source[0]);
  if (bind(fd, (struct sockaddr *)&own, sizeof own)) fail("bind");
  if (own.sin_addr.s_addr && connect(fd, (struct sockaddr *)server, sizeof *server)) fail("connect");
  return fd;
}

// A batch of messages with all their buffers.
struct batch {
  struct mmsghdr message[BATCH];
  struct iovec vector[BATCH];
  struct { _Alignas(struct cmsghdr) uint8_t octets[CMSG_SPACE(sizeof(struct in_pktinfo))]; } control[BATCH];
  uint8_t octets[BATCH][ANSWER_OCTETS + 64];
};

static inline void prepare(struct batch *b, struct sockaddr_in *to, int names_sources) {
  memset(b, 0, sizeof *b);
  for (int i = 0; i < BATCH; i++) {
    b->vector[i] = (struct iovec){b->octets[i], ANSWER_OCTETS};
    b->message[i].msg_hdr = (struct msghdr){.msg_iov = &b->vector[i], .msg_iovlen = 1};
    if (!names_sources) continue;
    struct msghdr *h = &b->message[i].msg_hdr;
    *h = (struct msghdr){.msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &b->vector[i], .msg_iovlen = 1,
      .msg_control = &b->control[i], .msg_controllen = sizeof b->control[i]};
    struct cmsghdr *c = CMSG_FIRSTHDR(h);
    *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo)), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
  }
}

static inline void put_question(struct batch *b, int i, const struct questions *all, const struct question *q, uint16_t id) {
  memcpy(b->octets[i], q->message, q->length);
  memcpy(b->octets[i], &id, 2);
  b->vector[i].iov_len = q->length;
  if (b->message[i].msg_hdr.msg_control) {
    struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(all->source[q->source])};
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&b->message[i].msg_hdr)), &info, sizeof info);
  }
}
