/* Counts every call of a process that changes a folder, and makes one of them go wrong.
 *
 * Loaded with LD_PRELOAD. Calls of all threads are counted in the order in which they are made,
 * and made one after the other, so that a row of the log is the whole truth about what had been
 * done before it.
 *
 *   FAULT_ROOT  the folder; calls on anything else are not counted
 *   FAULT_AT    the number of the call that goes wrong, from 1
 *   FAULT_DO    kill         die before the call
 *               kill-after   die after it
 *               torn         write the first half, then die; other calls as `kill`
 *               torn-first, torn-last   the same, with one byte, and with all but one
 *               enospc, eio  fail; a full disk takes the first half of a write
 *               enospc-from, eio-from   this call and all later ones fail
 *   FAULT_ONLY  sync, read: FAULT_AT counts the calls of this class alone; reads have no rows and
 *               no numbers unless they are the class
 *   FAULT_SYNCS skipped: each sync succeeds and does nothing
 *   FAULT_SECONDS  a process that takes longer is ended with SIGALRM: it hangs
 *   FAULT_LOG   one row for each call: n, thread, call, path, bytes, result, at, data, with tabs
 *               between
 *   FAULT_DATA  a file that takes what is written: `at` is then where it went in its own file, or
 *               how long that file is after it was resized, and `data` where it stands in this one
 *
 * Writes to standard output get a row as well, `ack`, made before the write, and no number.
 *
 * Not here: mapped memory, io_uring, the C library's own buffered files, and system calls made
 * without the C library. A test compares the counts with those of strace, which sees them all.
 */
#include "call.h"

/* The function that would have been called without this library. */
#define REAL(result, name, ...)                                                                    \
    static result (*real)(__VA_ARGS__);                                                            \
    if (real == NULL)                                                                              \
        real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

/* ---- is it ours? ---- */

static int is_below_root(const char *path) {
    return root_len > 0 && strncmp(path, root, root_len) == 0 &&
           (path[root_len] == '/' || path[root_len] == 0);
}

static void make_printable(char *path) {
    for (; *path != 0; path++)
        if (*path == '\t' || *path == '\n')
            *path = '?';
}

static int is_ours_fd(struct call *call, const char *op, int fd, size_t bytes) {
    char link[64];
    int error = errno;
    pthread_once(&once, read_environment);
    *call = CALL(.op = op, .bytes = bytes);
    call->fd = fd;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, call->path, PATH_MAX);
    errno = error;
    if (length <= 0)
        return 0;
    call->path[length] = 0;
    make_printable(call->path);
    return is_below_root(call->path);
}

static int is_ours_writing(struct call *call, const char *op, int fd, const void *said, size_t bytes,
                           off64_t at) {
    if (fd == STDOUT_FILENO) {
        acknowledge(said, bytes);
        return 0;
    }
    int is_ours = is_ours_fd(call, op, fd, bytes);
    call->is_write = 1;
    call->at = at;
    return is_ours;
}

/* Writes the path as the kernel will find it: the folder resolved, the last name as it stands. */
static void resolve(char *to, int folder, const char *path) {
    char full[2 * PATH_MAX + 2], base[PATH_MAX] = "", link[64];
    if (path[0] != '/') {
        snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
        if (readlink(link, base, sizeof base - 1) < 0)
            base[0] = 0;
    }
    snprintf(full, sizeof full, "%s%s%s", base, base[0] ? "/" : "", path);
    char *end = full + strlen(full);
    while (end > full + 1 && end[-1] == '/')
        *--end = 0;
    char *last = strrchr(full, '/');
    if (last != NULL && last != full) {
        *last = 0;
        if (realpath(full, base) != NULL) {
            snprintf(to, PATH_MAX, "%.*s/%s", PATH_MAX - NAME_MAX - 2, base, last + 1);
            make_printable(to);
            return;
        }
        *last = '/';
    }
    snprintf(to, PATH_MAX, "%.*s", PATH_MAX - 1, full);
    make_printable(to);
}

static int is_ours_at(struct call *call, const char *op, int folder, const char *path) {
    int error = errno;
    pthread_once(&once, read_environment);
    *call = CALL(.op = op);
    resolve(call->path, folder, path);
    errno = error;
    return is_below_root(call->path);
}

static int is_ours_pair(struct call *call, const char *op, int from_folder, const char *from,
                        int to_folder, const char *to) {
    char second[PATH_MAX];
    int error = errno;
    int is_ours = is_ours_at(call, op, from_folder, from);
    resolve(second, to_folder, to);
    strcat(call->path, " -> ");
    strcat(call->path, second);
    errno = error;
    return is_ours || is_below_root(second);
}

/* ---- making and emptying files ---- */

#define HAS_MODE(flags) (((flags)&O_CREAT) != 0 || ((flags)&O_TMPFILE) == O_TMPFILE)

static int is_ours_open(struct call *call, int folder, const char *path, int flags) {
    if (!HAS_MODE(flags) && (flags & O_TRUNC) == 0)
        return 0;
    if (!is_ours_at(call, (flags & O_TRUNC) != 0 ? "empty" : "open", folder, path))
        return 0;
    int error = errno;
    struct stat there;
    if ((flags & O_CREAT) != 0 && lstat(call->path, &there) != 0)
        call->op = "create";
    call->is_sized = strcmp(call->op, "empty") == 0;
    errno = error;
    return 1;
}

#define OPENING(folder, ...)                                                                       \
    mode_t mode = 0;                                                                               \
    if (HAS_MODE(flags)) {                                                                         \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode = va_arg(rest, mode_t);                                                               \
        va_end(rest);                                                                              \
    }                                                                                              \
    struct call call;                                                                              \
    if (!is_ours_open(&call, folder, path, flags))                                                 \
        return real(__VA_ARGS__, flags, mode);                                                     \
    CHANGING(call, real(__VA_ARGS__, flags, mode))

int open(const char *path, int flags, ...) {
    REAL(int, "open", const char *, int, ...);
    OPENING(AT_FDCWD, path);
}
int open64(const char *path, int flags, ...) {
    REAL(int, "open64", const char *, int, ...);
    OPENING(AT_FDCWD, path);
}
int openat(int folder, const char *path, int flags, ...) {
    REAL(int, "openat", int, const char *, int, ...);
    OPENING(folder, folder, path);
}
int openat64(int folder, const char *path, int flags, ...) {
    REAL(int, "openat64", int, const char *, int, ...);
    OPENING(folder, folder, path);
}
int creat(const char *path, mode_t mode) {
    return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
int creat64(const char *path, mode_t mode) {
    return open64(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* ---- writing ---- */

ssize_t write(int fd, const void *bytes, size_t n) {
    REAL(ssize_t, "write", int, const void *, size_t);
    struct call call;
    if (!is_ours_writing(&call, "write", fd, bytes, n, -1))
        return real(fd, bytes, n);
    WRITING(call, real(fd, bytes, n), real(fd, bytes, part_of(n)))
}

#define WRITING_AT(function, name, offset_t)                                                       \
    ssize_t function(int fd, const void *bytes, size_t n, offset_t at) {                           \
        REAL(ssize_t, name, int, const void *, size_t, offset_t);                                  \
        struct call call;                                                                          \
        if (!is_ours_writing(&call, "pwrite", fd, bytes, n, at))                                              \
            return real(fd, bytes, n, at);                                                         \
        WRITING(call, real(fd, bytes, n, at), real(fd, bytes, part_of(n), at))                          \
    }
WRITING_AT(pwrite, "pwrite", off_t)
WRITING_AT(pwrite64, "pwrite64", off64_t)

static size_t total(const struct iovec *parts, int n) {
    size_t sum = 0;
    for (int i = 0; i < n; i++)
        sum += parts[i].iov_len;
    return sum;
}

/* Fills `some` with the bytes that get through and returns how many parts that are. */
static int torn(struct iovec some[IOV_MAX], const struct iovec *parts, int n) {
    size_t left = part_of(total(parts, n));
    int kept = 0;
    for (int i = 0; i < n && left > 0; i++) {
        some[kept] = parts[i];
        if (some[kept].iov_len > left)
            some[kept].iov_len = left;
        left -= some[kept++].iov_len;
    }
    return kept;
}

ssize_t writev(int fd, const struct iovec *parts, int n) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    struct iovec some[IOV_MAX];
    struct call call;
    if (!is_ours_writing(&call, "writev", fd, NULL, total(parts, n), -1))
        return real(fd, parts, n);
    WRITING(call, real(fd, parts, n), real(fd, some, torn(some, parts, n)))
}

#define WRITING_PARTS_AT(function, name, offset_t)                                                 \
    ssize_t function(int fd, const struct iovec *parts, int n, offset_t at) {                      \
        REAL(ssize_t, name, int, const struct iovec *, int, offset_t);                             \
        struct iovec some[IOV_MAX];                                                                \
        struct call call;                                                                          \
        if (!is_ours_writing(&call, "pwritev", fd, NULL, total(parts, n), at))                               \
            return real(fd, parts, n, at);                                                         \
        WRITING(call, real(fd, parts, n, at), real(fd, some, torn(some, parts, n), at))           \
    }
WRITING_PARTS_AT(pwritev, "pwritev", off_t)
WRITING_PARTS_AT(pwritev64, "pwritev64", off64_t)

ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t n, unsigned flags) {
    REAL(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
    struct call call;
    if (!is_ours_writing(&call, "copy_file_range", out, NULL, n, out_at != NULL ? *out_at : -1))
        return real(in, in_at, out, out_at, n, flags);
    WRITING(call, real(in, in_at, out, out_at, n, flags), real(in, in_at, out, out_at, part_of(n), flags))
}

#define SENDING(function, name, offset_t)                                                          \
    ssize_t function(int out, int in, offset_t *at, size_t n) {                                    \
        REAL(ssize_t, name, int, int, offset_t *, size_t);                                         \
        struct call call;                                                                          \
        if (!is_ours_writing(&call, "sendfile", out, NULL, n, -1))                                           \
            return real(out, in, at, n);                                                           \
        WRITING(call, real(out, in, at, n), real(out, in, at, part_of(n)))                              \
    }
SENDING(sendfile, "sendfile", off_t)
SENDING(sendfile64, "sendfile64", off64_t)

/* ---- syncing and sizing ---- */

#define SYNCING(function)                                                                          \
    int function(int fd) {                                                                         \
        REAL(int, #function, int);                                                                 \
        struct call call;                                                                          \
        if (!is_ours_fd(&call, #function, fd, 0))                                                  \
            return real(fd);                                                                       \
        call.class = SYNC;                                                                         \
        CHANGING(call, are_syncs_skipped ? 0 : real(fd))                                           \
    }
SYNCING(fsync)
SYNCING(fdatasync)
SYNCING(syncfs)

int sync_file_range(int fd, off64_t at, off64_t n, unsigned flags) {
    REAL(int, "sync_file_range", int, off64_t, off64_t, unsigned);
    struct call call;
    if (!is_ours_fd(&call, "sync_file_range", fd, n))
        return real(fd, at, n, flags);
    call.class = SYNC;
    CHANGING(call, are_syncs_skipped ? 0 : real(fd, at, n, flags))
}

#define RESIZING(function, name, offset_t)                                                         \
    int function(int fd, offset_t n) {                                                             \
        REAL(int, name, int, offset_t);                                                            \
        struct call call;                                                                          \
        if (!is_ours_fd(&call, "ftruncate", fd, n))                                                \
            return real(fd, n);                                                                    \
        call.is_sized = 1;                                                                         \
        CHANGING(call, real(fd, n))                                                                \
    }
RESIZING(ftruncate, "ftruncate", off_t)
RESIZING(ftruncate64, "ftruncate64", off64_t)

#define RESIZING_PATH(function, name, offset_t)                                                    \
    int function(const char *path, offset_t n) {                                                   \
        REAL(int, name, const char *, offset_t);                                                   \
        struct call call;                                                                          \
        if (!is_ours_at(&call, "truncate", AT_FDCWD, path))                                        \
            return real(path, n);                                                                  \
        call.is_sized = 1;                                                                         \
        CHANGING(call, real(path, n))                                                              \
    }
RESIZING_PATH(truncate, "truncate", off_t)
RESIZING_PATH(truncate64, "truncate64", off64_t)

#define RESERVING(function, name, offset_t)                                                        \
    int function(int fd, int mode, offset_t at, offset_t n) {                                      \
        REAL(int, name, int, int, offset_t, offset_t);                                             \
        struct call call;                                                                          \
        if (!is_ours_fd(&call, "fallocate", fd, n))                                                \
            return real(fd, mode, at, n);                                                          \
        call.is_sized = 1;                                                                         \
        CHANGING(call, real(fd, mode, at, n))                                                      \
    }
RESERVING(fallocate, "fallocate", off_t)
RESERVING(fallocate64, "fallocate64", off64_t)

/* These two answer with the error instead of setting it. */
static long settled(int error) {
    errno = error;
    return error == 0 ? 0 : -1;
}

#define RESERVING_SPACE(function, name, offset_t)                                                  \
    static int function##_settled(int fd, offset_t at, offset_t n) {                               \
        REAL(int, name, int, offset_t, offset_t);                                                  \
        struct call call;                                                                          \
        if (!is_ours_fd(&call, "posix_fallocate", fd, n))                                          \
            return settled(real(fd, at, n));                                                       \
        call.is_sized = 1;                                                                         \
        CHANGING(call, settled(real(fd, at, n)))                                                   \
    }                                                                                              \
    int function(int fd, offset_t at, offset_t n) {                                                \
        int error = errno;                                                                         \
        int answer = function##_settled(fd, at, n) < 0 ? errno : 0;                                \
        errno = error;                                                                             \
        return answer;                                                                             \
    }
RESERVING_SPACE(posix_fallocate, "posix_fallocate", off_t)
RESERVING_SPACE(posix_fallocate64, "posix_fallocate64", off64_t)

/* ---- names ---- */

#define REMOVING(function)                                                                         \
    int function(const char *path) {                                                               \
        REAL(int, #function, const char *);                                                        \
        struct call call;                                                                          \
        if (!is_ours_at(&call, #function, AT_FDCWD, path))                                         \
            return real(path);                                                                     \
        CHANGING(call, real(path))                                                                 \
    }
REMOVING(unlink)
REMOVING(rmdir)

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    struct call call;
    if (!is_ours_at(&call, "mkdir", AT_FDCWD, path))
        return real(path, mode);
    CHANGING(call, real(path, mode))
}
int mkdirat(int folder, const char *path, mode_t mode) {
    REAL(int, "mkdirat", int, const char *, mode_t);
    struct call call;
    if (!is_ours_at(&call, "mkdir", folder, path))
        return real(folder, path, mode);
    CHANGING(call, real(folder, path, mode))
}
int unlinkat(int folder, const char *path, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    struct call call;
    if (!is_ours_at(&call, (flags & AT_REMOVEDIR) != 0 ? "rmdir" : "unlink", folder, path))
        return real(folder, path, flags);
    CHANGING(call, real(folder, path, flags))
}
int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    struct call call;
    if (!is_ours_pair(&call, "rename", AT_FDCWD, from, AT_FDCWD, to))
        return real(from, to);
    CHANGING(call, real(from, to))
}
int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    struct call call;
    if (!is_ours_pair(&call, "rename", from_folder, from, to_folder, to))
        return real(from_folder, from, to_folder, to);
    CHANGING(call, real(from_folder, from, to_folder, to))
}
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
    struct call call;
    if (!is_ours_pair(&call, "rename", from_folder, from, to_folder, to))
        return real(from_folder, from, to_folder, to, flags);
    CHANGING(call, real(from_folder, from, to_folder, to, flags))
}
int link(const char *from, const char *to) {
    REAL(int, "link", const char *, const char *);
    struct call call;
    if (!is_ours_pair(&call, "link", AT_FDCWD, from, AT_FDCWD, to))
        return real(from, to);
    CHANGING(call, real(from, to))
}
int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    REAL(int, "linkat", int, const char *, int, const char *, int);
    struct call call;
    if (!is_ours_pair(&call, "link", from_folder, from, to_folder, to))
        return real(from_folder, from, to_folder, to, flags);
    CHANGING(call, real(from_folder, from, to_folder, to, flags))
}

/* ---- reading, which is counted only where reads are to fail ---- */

static int is_ours_reading(struct call *call, int fd, size_t n) {
    pthread_once(&once, read_environment);
    if (only != READ || !is_ours_fd(call, "read", fd, n))
        return 0;
    call->class = READ;
    return 1;
}

ssize_t read(int fd, void *bytes, size_t n) {
    REAL(ssize_t, "read", int, void *, size_t);
    struct call call;
    if (!is_ours_reading(&call, fd, n))
        return real(fd, bytes, n);
    CHANGING(call, real(fd, bytes, n))
}

#define READING_AT(function, name, offset_t)                                                       \
    ssize_t function(int fd, void *bytes, size_t n, offset_t at) {                                 \
        REAL(ssize_t, name, int, void *, size_t, offset_t);                                        \
        struct call call;                                                                          \
        if (!is_ours_reading(&call, fd, n))                                                        \
            return real(fd, bytes, n, at);                                                         \
        CHANGING(call, real(fd, bytes, n, at))                                                     \
    }
READING_AT(pread, "pread", off_t)
READING_AT(pread64, "pread64", off64_t)

ssize_t readv(int fd, const struct iovec *parts, int n) {
    REAL(ssize_t, "readv", int, const struct iovec *, int);
    struct call call;
    if (!is_ours_reading(&call, fd, total(parts, n)))
        return real(fd, parts, n);
    CHANGING(call, real(fd, parts, n))
}
