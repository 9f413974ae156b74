#ifdef __linux__
#define _GNU_SOURCE
#include "CEpoll.h"

#include <sys/epoll.h>
#include <time.h>

int CEpollCreate(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int descriptor, uint32_t index, int writable) {
    struct epoll_event event = {.events = EPOLLIN | (writable ? EPOLLOUT : 0), .data.u32 = index};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

int CEpollAdd(int epoll, int descriptor, uint32_t index, int writable) {
    return control(epoll, EPOLL_CTL_ADD, descriptor, index, writable);
}

int CEpollChange(int epoll, int descriptor, uint32_t index, int writable) {
    return control(epoll, EPOLL_CTL_MOD, descriptor, index, writable);
}

int CEpollWait(int epoll, struct CEpollEvent *events, uint64_t nanoseconds) {
    struct epoll_event found[CEpollCapacity];
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    int count = epoll_pwait2(epoll, found, CEpollCapacity, &time, 0);
    for (int i = 0; i < count; i++) {
        events[i].index = found[i].data.u32;
        events[i].isReadable = (found[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
        events[i].isWritable = (found[i].events & EPOLLOUT) != 0;
    }
    return count;
}

uint64_t CEpollMonotonicNanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}
#endif
