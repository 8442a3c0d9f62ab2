/* A call that is intercepted: its number, what becomes of it, its row and what it wrote.
 *
 * Included by shim.c, which says what it is all for.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum todo { NOTHING, KILL, KILL_AFTER, TORN, FAIL };
enum verdict { PASS, DIE_WITHIN, FAIL_WITHIN, FAIL_AT_ONCE };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static size_t root_len;
static int log_fd = -1;
static long fault_at, n_calls;
static enum todo todo;
static int error_number, is_sticky;
static enum { HALF, FIRST, LAST } cut;
static enum class { ANY, SYNC, READ } only;
static int are_syncs_skipped;
static int data_fd = -1;
static off64_t data_length;

static void read_environment(void) {
    const char *at = getenv("FAULT_AT"), *what = getenv("FAULT_DO");
    const char *folder = getenv("FAULT_ROOT"), *log = getenv("FAULT_LOG");
    const char *seconds = getenv("FAULT_SECONDS"), *class = getenv("FAULT_ONLY");
    const char *syncs = getenv("FAULT_SYNCS"), *data = getenv("FAULT_DATA");
    are_syncs_skipped = syncs != NULL && strcmp(syncs, "skipped") == 0;
    only = class == NULL ? ANY : strcmp(class, "sync") == 0 ? SYNC : READ;
    if (seconds != NULL)
        alarm(atoi(seconds));
    if (folder != NULL && realpath(folder, root) != NULL)
        root_len = strlen(root);
    if (log != NULL)
        log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (data != NULL)
        data_fd = syscall(SYS_openat, AT_FDCWD, data, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (data_fd >= 0)
        data_length = lseek64(data_fd, 0, SEEK_END);
    if (at == NULL || what == NULL)
        return;
    fault_at = atol(at);
    is_sticky = strstr(what, "-from") != NULL;
    error_number = strncmp(what, "enospc", 6) == 0 ? ENOSPC : EIO;
    cut = strcmp(what, "torn-first") == 0 ? FIRST : strcmp(what, "torn-last") == 0 ? LAST : HALF;
    todo = strcmp(what, "kill") == 0         ? KILL
           : strcmp(what, "kill-after") == 0 ? KILL_AFTER
           : strncmp(what, "torn", 4) == 0   ? TORN
                                             : FAIL;
}

/* ---- a call, from its number to its row ---- */

struct call {
    const char *op;
    char path[2 * PATH_MAX + 8];
    size_t bytes;
    long n, n_of_class;
    int is_write, is_sized;
    enum class class;
    int fd;
    /* Where a write goes, or -1 for where the file stands; after it, where it went. */
    off64_t at;
    off64_t data;
};

#define CALL(...) ((struct call){.fd = -1, .at = -1, .data = -1, __VA_ARGS__})

/* Adds a row in one write, past what is intercepted. */
static void note(const struct call *call, const char *result) {
    static char row[2 * PATH_MAX + 256];
    if (log_fd < 0)
        return;
    int error = errno;
    int length = snprintf(row, sizeof row, "%ld\t%ld\t%s\t%s\t%zu\t%s\t%ld\t%ld\n", call->n,
                          (long)syscall(SYS_gettid), call->op, call->path, call->bytes, result,
                          (long)call->at, (long)call->data);
    syscall(SYS_write, log_fd, row, length);
    errno = error;
}

/* ---- what was written ---- */

/* Keeps bytes in the file beside the log. */
static void keep(struct call *call, const char *bytes, size_t n) {
    if (call->data < 0)
        call->data = data_length;
    while (n > 0) {
        ssize_t kept = syscall(SYS_write, data_fd, bytes, n);
        if (kept <= 0)
            return;
        bytes += kept;
        n -= kept;
        data_length += kept;
    }
}

/* Finds out where a write went, and keeps what stands there now. */
static void keep_written(struct call *call, long n) {
    int flags = fcntl(call->fd, F_GETFL);
    struct stat64 now;
    if (call->at < 0)
        call->at = lseek64(call->fd, 0, SEEK_CUR) - n;
    else if (flags >= 0 && (flags & O_APPEND) != 0 && fstat64(call->fd, &now) == 0)
        call->at = now.st_size - n; /* The kernel appends whatever the offset is. */
    char name[64], chunk[1 << 16];
    snprintf(name, sizeof name, "/proc/self/fd/%d", call->fd);
    int fd = syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC, 0);
    off64_t at = call->at;
    while (fd >= 0 && n > 0) {
        ssize_t got = syscall(SYS_pread64, fd, chunk, n < (long)sizeof chunk ? n : (long)sizeof chunk, at);
        if (got <= 0)
            break;
        keep(call, chunk, got);
        at += got;
        n -= got;
    }
    if (fd >= 0)
        syscall(SYS_close, fd);
}

/* Keeps what a call did to its file, before its row is written. */
static void keep_result(struct call *call, long result) {
    if (data_fd < 0 || result < 0)
        return;
    int error = errno;
    struct stat64 now;
    if (call->is_write && result > 0)
        keep_written(call, result);
    else if (call->is_sized && (call->fd >= 0 ? fstat64(call->fd, &now) : stat64(call->path, &now)) == 0)
        call->at = now.st_size;
    errno = error;
}

__attribute__((noreturn)) static void die(const struct call *call, const char *how) {
    note(call, how);
    for (;;)
        syscall(SYS_kill, getpid(), SIGKILL);
}

/* Says how many bytes of a write get through. */
static size_t part_of(size_t n) {
    if (n == 0)
        return 0;
    return cut == FIRST ? 1 : cut == LAST ? n - 1 : n / 2;
}

/* Numbers a call and says what is to become of it; the lock is held until `leave` or `fail`. */
static enum verdict enter(struct call *call) {
    static long n_of_class;
    pthread_mutex_lock(&lock);
    call->n = ++n_calls;
    if (only != ANY && call->class != only)
        return PASS;
    call->n_of_class = ++n_of_class;
    int is_hit = is_sticky ? n_of_class >= fault_at : n_of_class == fault_at;
    if (todo == NOTHING || !is_hit)
        return PASS;
    switch (todo) {
    case KILL:
        die(call, "fault:kill");
    case TORN:
        if (!call->is_write)
            die(call, "fault:kill");
        return DIE_WITHIN;
    case FAIL:
        return call->is_write && error_number == ENOSPC ? FAIL_WITHIN : FAIL_AT_ONCE;
    default:
        return PASS;
    }
}

static long leave(struct call *call, long result) {
    char text[32] = "ok";
    if (result < 0)
        snprintf(text, sizeof text, "error:%d", errno);
    else if (call->is_write)
        call->bytes = result;
    if (call->class == SYNC && are_syncs_skipped)
        snprintf(text, sizeof text, "skipped");
    keep_result(call, result);
    if (todo == KILL_AFTER && call->n_of_class == fault_at)
        die(call, "fault:kill-after");
    note(call, text);
    pthread_mutex_unlock(&lock);
    return result;
}

static long fail(struct call *call) {
    char text[32];
    snprintf(text, sizeof text, "fault:%d", error_number);
    note(call, text);
    pthread_mutex_unlock(&lock);
    errno = error_number;
    return -1;
}

/* Keeps the part of a write that got through, and says how much that is. */
static size_t keep_part(struct call *call, long result) {
    keep_result(call, result);
    return result < 0 ? 0 : result;
}

/* The row of what is said to whoever waits. */
static void acknowledge(const void *bytes, size_t n) {
    int error = errno;
    pthread_once(&once, read_environment);
    static struct call call;
    pthread_mutex_lock(&lock);
    call = CALL(.op = "ack", .path = "-", .bytes = n);
    if (data_fd >= 0 && bytes != NULL)
        keep(&call, bytes, n);
    note(&call, "ok");
    errno = error;
    pthread_mutex_unlock(&lock);
}

#define WRITING(call, whole, part)                                                                 \
    switch (enter(&call)) {                                                                        \
    case DIE_WITHIN:                                                                              \
        call.bytes = keep_part(&call, part);                                                       \
        die(&call, "fault:torn");                                                                  \
    case FAIL_WITHIN:                                                                             \
        call.bytes = keep_part(&call, part);                                                       \
        return fail(&call);                                                                        \
    case FAIL_AT_ONCE:                                                                             \
        return fail(&call);                                                                        \
    default:                                                                                       \
        return leave(&call, whole);                                                                \
    }

#define CHANGING(call, whole) WRITING(call, whole, 0)
