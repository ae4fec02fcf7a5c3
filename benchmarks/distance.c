/* A distance between two network namespaces: what enters the TUN device at one end comes out at the other, later.
 *
 *   gcc -O2 distance.c -o distance
 *   distance MILLISECONDS NAMESPACE:DEVICE NAMESPACE:DEVICE
 *
 * MILLISECONDS each way.  The devices must be there (ip tuntap add mode tun).  Packets keep their order, and none is
 * lost but where thousands wait.  For kernels without netem; a userspace router costs a few microseconds a packet.
 * SIGTERM ends it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define LONGEST 2048 /* octets of a packet; the devices take 1500 */
#define WAITING 8192 /* packets on their way, in each direction */
#define NANOSECONDS 1000000000LL

struct packet { int64_t due; ssize_t length; char octets[LONGEST]; };
struct way { int from, to; unsigned first, count; struct packet packets[WAITING]; };

static struct way ways[2];

static int end_of(const char *place) {
    char path[4096], name[256];
    const char *device = strchr(place, ':');
    if (!device || device - place >= (int)sizeof name) { fprintf(stderr, "%s: no NAMESPACE:DEVICE\n", place); exit(2); }
    snprintf(name, sizeof name, "%.*s", (int)(device - place), place);
    snprintf(path, sizeof path, "/run/netns/%s", name);
    int space = open(path, O_RDONLY | O_CLOEXEC);
    if (space < 0 || setns(space, CLONE_NEWNET)) { perror(path); exit(2); }
    close(space);
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct ifreq asked = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    snprintf(asked.ifr_name, sizeof asked.ifr_name, "%s", device + 1);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &asked)) { perror(place); exit(2); }
    return fd;
}

static int64_t now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * NANOSECONDS + at.tv_nsec;
}

static void take(struct way *way, int64_t due) {
    static char beyond[LONGEST];
    for (;;) {
        struct packet *next = &way->packets[(way->first + way->count) % WAITING];
        ssize_t length = read(way->from, way->count < WAITING ? next->octets : beyond, LONGEST);
        if (length <= 0) return;
        if (way->count == WAITING) continue;
        next->length = length;
        next->due = due;
        way->count++;
    }
}

static void deliver(struct way *way, int64_t time) {
    while (way->count && way->packets[way->first].due <= time) {
        struct packet *next = &way->packets[way->first];
        if (write(way->to, next->octets, (size_t)next->length) < 0 && errno == EAGAIN) return;
        way->first = (way->first + 1) % WAITING;
        way->count--;
    }
}

int main(int count, char **words) {
    if (count != 4) { fprintf(stderr, "usage: distance MILLISECONDS NAMESPACE:DEVICE NAMESPACE:DEVICE\n"); return 2; }
    int64_t delay = (int64_t)(atof(words[1]) * 1e6);
    int here = end_of(words[2]), there = end_of(words[3]);
    ways[0].from = ways[1].to = here;
    ways[0].to = ways[1].from = there;
    struct pollfd ends[2] = {{.fd = here, .events = POLLIN}, {.fd = there, .events = POLLIN}};
    for (;;) {
        int64_t time = now(), wake = time + NANOSECONDS;
        for (int n = 0; n < 2; n++) {
            deliver(&ways[n], time);
            if (ways[n].count && ways[n].packets[ways[n].first].due < wake) wake = ways[n].packets[ways[n].first].due;
        }
        int64_t left = wake > time ? wake - time : 0;
        struct timespec until = {.tv_sec = left / NANOSECONDS, .tv_nsec = left % NANOSECONDS};
        if (ppoll(ends, 2, &until, NULL) <= 0) continue;
        time = now();
        for (int n = 0; n < 2; n++) take(&ways[n], time + delay);
    }
}
