// An epoll, a heap of timers, and the two tables of functions by which libunbound uses them.
#include "CUnboundLoop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/// Sockets, and timers, that are called back in one turn; the others wait for the next. A call takes up to 40 µs, and
/// nobody is answered meanwhile.
#define READY 16

struct timed_event {
  struct ub_event event;  // first: libunbound knows this part
  struct cul_loop *loop;
  void (*callback)(int, short, void *);
  void *argument;
  int fd;
  short bits;
  int watched;        // its descriptor is in the epoll
  int64_t interval;   // milliseconds, of an event that stays after its timeout
  int64_t due;        // milliseconds of CLOCK_MONOTONIC
  size_t place;       // in the heap, from 1; 0 is nowhere
};

struct cul_loop {
  struct ub_event_base base;  // first, too
  int epoll;
  struct timed_event **heap;  // from 1; a parent is due no later than its children
  size_t count, room;
  struct epoll_event ready[READY];  // while they are called back
  int ready_count;
};

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Timers.

static void put(struct cul_loop *loop, struct timed_event *event, size_t place) {
  loop->heap[place] = event;
  event->place = place;
}

/// Moves what belongs at `place` up or down until the order holds.
static void settle(struct cul_loop *loop, struct timed_event *event, size_t place) {
  while (place > 1 && loop->heap[place / 2]->due > event->due) {
    put(loop, loop->heap[place / 2], place);
    place /= 2;
  }
  for (size_t child; (child = 2 * place) <= loop->count; place = child) {
    if (child < loop->count && loop->heap[child + 1]->due < loop->heap[child]->due) child++;
    if (loop->heap[child]->due >= event->due) break;
    put(loop, loop->heap[child], place);
  }
  put(loop, event, place);
}

static void stop_timer(struct timed_event *event) {
  size_t place = event->place;
  if (place == 0) return;
  struct cul_loop *loop = event->loop;
  event->place = 0;
  struct timed_event *last = loop->heap[loop->count--];
  if (last != event) settle(loop, last, place);
}

static int start_timer(struct timed_event *event, int64_t interval) {
  struct cul_loop *loop = event->loop;
  stop_timer(event);
  if (loop->count + 1 >= loop->room) {
    size_t room = loop->room ? 2 * loop->room : 64;
    struct timed_event **heap = realloc(loop->heap, room * sizeof *heap);
    if (!heap) return -1;
    loop->heap = heap;
    loop->room = room;
  }
  event->interval = interval;
  event->due = milliseconds() + interval;
  settle(loop, event, ++loop->count);
  return 0;
}

static int64_t interval_of(const struct timeval *time) {
  return (int64_t)time->tv_sec * 1000 + (time->tv_usec + 999) / 1000;
}

// Events.

static int event_del(struct ub_event *opaque) {
  struct timed_event *event = (struct timed_event *)opaque;
  struct cul_loop *loop = event->loop;
  stop_timer(event);
  if (event->watched) epoll_ctl(loop->epoll, EPOLL_CTL_DEL, event->fd, NULL);
  event->watched = 0;
  for (int i = 0; i < loop->ready_count; i++) {
    if (loop->ready[i].data.ptr == event) loop->ready[i].data.ptr = NULL;
  }
  return 0;
}

static int event_add(struct ub_event *opaque, struct timeval *timeout) {
  struct timed_event *event = (struct timed_event *)opaque;
  event_del(opaque);
  if (event->fd >= 0 && event->bits & (UB_EV_READ | UB_EV_WRITE)) {
    struct epoll_event wanted = {.data.ptr = event};
    if (event->bits & UB_EV_READ) wanted.events |= EPOLLIN;
    if (event->bits & UB_EV_WRITE) wanted.events |= EPOLLOUT;
    if (epoll_ctl(event->loop->epoll, EPOLL_CTL_ADD, event->fd, &wanted) != 0) return -1;
    event->watched = 1;
  }
  return timeout ? start_timer(event, interval_of(timeout)) : 0;
}

static void event_add_bits(struct ub_event *event, short bits) { ((struct timed_event *)event)->bits |= bits; }

static void event_del_bits(struct ub_event *event, short bits) { ((struct timed_event *)event)->bits &= ~bits; }

static void event_set_fd(struct ub_event *event, int fd) { ((struct timed_event *)event)->fd = fd; }

static void event_free(struct ub_event *event) {
  event_del(event);
  free(event);
}

static int event_add_timer(struct ub_event *opaque, struct ub_event_base *base, void (*callback)(int, short, void *),
                           void *argument, struct timeval *timeout) {
  struct timed_event *event = (struct timed_event *)opaque;
  event->loop = (struct cul_loop *)base;
  event->callback = callback;
  event->argument = argument;
  return start_timer(event, interval_of(timeout));
}

// What libunbound does not call (unbound-event.h) is not there.
static struct ub_event_vmt event_functions = {
    .add_bits = event_add_bits,
    .del_bits = event_del_bits,
    .set_fd = event_set_fd,
    .free = event_free,
    .add = event_add,
    .del = event_del,
    .add_timer = event_add_timer,
    .del_timer = event_del,
};

static struct ub_event *base_new_event(struct ub_event_base *base, int fd, short bits,
                                       void (*callback)(int, short, void *), void *argument) {
  struct timed_event *event = calloc(1, sizeof *event);
  if (!event) return NULL;
  event->event.magic = UB_EVENT_MAGIC;
  event->event.vmt = &event_functions;
  event->loop = (struct cul_loop *)base;
  event->callback = callback;
  event->argument = argument;
  event->fd = fd;
  event->bits = bits;
  return &event->event;
}

/// There is no loop of its own to leave: the owner turns it.
static int base_loopexit(struct ub_event_base *base, struct timeval *timeout) {
  (void)base, (void)timeout;
  return 0;
}

static struct ub_event_base_vmt base_functions = {.new_event = base_new_event, .loopexit = base_loopexit};

/// The event may be free after this.
static void call_back(struct timed_event *event, short bits) {
  if (!(event->bits & UB_EV_PERSIST)) {
    event_del(&event->event);
  } else if (event->place) {
    start_timer(event, event->interval);
  }
  event->callback(event->fd, bits, event->argument);
}

// The loop.

struct cul_loop *cul_loop_create(void) {
  struct cul_loop *loop = calloc(1, sizeof *loop);
  if (!loop) return NULL;
  loop->base.magic = UB_EVENT_MAGIC;
  loop->base.vmt = &base_functions;
  loop->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (loop->epoll >= 0) return loop;
  free(loop);
  return NULL;
}

void cul_loop_free(struct cul_loop *loop) {
  close(loop->epoll);
  free(loop->heap);
  free(loop);
}

struct ub_event_base *cul_loop_base(struct cul_loop *loop) { return &loop->base; }

int cul_loop_descriptor(const struct cul_loop *loop) { return loop->epoll; }

int64_t cul_loop_due(const struct cul_loop *loop) {
  if (loop->count == 0) return -1;
  int64_t left = loop->heap[1]->due - milliseconds();
  return left > 0 ? left : 0;
}

void cul_loop_turn(struct cul_loop *loop) {
  int64_t now = milliseconds();
  for (int left = READY; left > 0 && loop->count > 0 && loop->heap[1]->due <= now; left--) {
    call_back(loop->heap[1], UB_EV_TIMEOUT);
  }
  int count = epoll_wait(loop->epoll, loop->ready, READY, 0);
  loop->ready_count = count > 0 ? count : 0;
  for (int i = 0; i < loop->ready_count; i++) {
    // One that was called back before may have taken this one away.
    struct timed_event *event = loop->ready[i].data.ptr;
    if (!event) continue;
    uint32_t what = loop->ready[i].events;
    short bits = 0;
    if (what & (EPOLLIN | EPOLLERR | EPOLLHUP)) bits |= UB_EV_READ;
    if (what & (EPOLLOUT | EPOLLERR | EPOLLHUP)) bits |= UB_EV_WRITE;
    if (bits & event->bits) call_back(event, bits & event->bits);
  }
  loop->ready_count = 0;
}
