/* A program that does as its words say, so that a test knows each call that it makes.
 *
 *   make FILE | add FILE TEXT | put FILE TEXT | sync FILE | say TEXT | folder PATH
 *   move FROM TO | remove FILE | many THREADS FILE | every FOLDER | bypass FILE TEXT
 *   look FILE
 *
 * A step that fails is told on standard error, and ends the program.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define CALLS_OF_A_THREAD 25

static void must(int is_done, const char *step) {
    if (is_done)
        return;
    fprintf(stderr, "%s: %s\n", step, strerror(errno));
    exit(1);
}

static int opened(const char *path, int flags) {
    int fd = open64(path, flags, 0644);
    must(fd >= 0, "open");
    return fd;
}

static void *add_bytes(void *path) {
    int fd = opened(path, O_WRONLY | O_APPEND);
    for (int i = 0; i < CALLS_OF_A_THREAD; i++)
        must(write(fd, "x", 1) == 1, "add");
    close(fd);
    return NULL;
}

static void many(int n_threads, char *path) {
    pthread_t threads[n_threads];
    for (int i = 0; i < n_threads; i++)
        pthread_create(&threads[i], NULL, add_bytes, path);
    for (int i = 0; i < n_threads; i++)
        pthread_join(threads[i], NULL);
}

/* Makes each call that is to be counted once, some by a relative path; says how many those are. */
static void every(const char *folder) {
    int n = 0;
    must(chdir(folder) == 0, "chdir");
    int here = opened(".", O_RDONLY | O_DIRECTORY);
    struct iovec parts[] = {{"abc", 3}, {"def", 3}};
#define DO(call) must((call) >= 0, #call), n++
    int fd, from;
    DO(fd = open("a", O_CREAT | O_RDWR, 0644));
    DO(open64("b", O_CREAT | O_RDWR, 0644));
    DO(from = openat(here, "c", O_CREAT | O_RDWR, 0644));
    DO(openat64(AT_FDCWD, "../every/d", O_CREAT | O_RDWR, 0644));
    DO(open("a", O_WRONLY | O_TRUNC));
    DO(creat("e", 0644));
    DO(creat64("f", 0644));
    DO(write(from, "abcdef", 6));
    DO(pwrite(fd, "abcdef", 6, 0));
    DO(pwrite64(fd, "abcdef", 6, 0));
    DO(writev(fd, parts, 2));
    DO(pwritev(fd, parts, 2, 0));
    DO(pwritev64(fd, parts, 2, 0));
    off64_t begin = 0;
    DO(copy_file_range(from, &begin, fd, NULL, 6, 0));
    off_t start = 0;
    DO(sendfile(fd, from, &start, 6));
    begin = 0;
    DO(sendfile64(fd, from, &begin, 6));
    DO(fsync(fd));
    DO(fdatasync(fd));
    DO(syncfs(fd));
    DO(sync_file_range(fd, 0, 6, SYNC_FILE_RANGE_WRITE));
    DO(ftruncate(fd, 7));
    DO(ftruncate64(fd, 8));
    DO(truncate("a", 7));
    DO(truncate64("a", 8));
    DO(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 8));
    DO(fallocate64(fd, FALLOC_FL_KEEP_SIZE, 0, 8));
    DO(-posix_fallocate(fd, 0, 8));
    DO(-posix_fallocate64(fd, 0, 8));
    DO(mkdir("g", 0755));
    DO(mkdirat(here, "h", 0755));
    DO(link("a", "i"));
    DO(linkat(here, "a", here, "j", 0));
    DO(rename("a", "k"));
    DO(renameat(here, "k", AT_FDCWD, "l"));
    DO(renameat2(here, "l", here, "m", 0));
    DO(unlink("m"));
    DO(unlinkat(here, "j", 0));
    DO(unlinkat(here, "h", AT_REMOVEDIR));
    DO(rmdir("g"));
    DO(fsync(here));
    /* None of these changes anything below the folder. */
    must(open("i", O_RDONLY) >= 0, "read");
    must(write(opened("/dev/null", O_WRONLY), "x", 1) == 1, "elsewhere");
    char text[32];
    must(write(1, text, sprintf(text, "%d\n", n)) > 0, "say");
}

static int does(const char *word, const char *name, int *left, int n_words) {
    if (strcmp(word, name) != 0)
        return 0;
    must(*left >= n_words, "too few words");
    *left -= n_words;
    return 1;
}

int main(int n_words, char **words) {
    int left = n_words - 1;
    while (left > 0) {
        char **step = words + n_words - left;
        if (does(step[0], "make", &left, 2))
            close(opened(step[1], O_CREAT | O_WRONLY));
        else if (does(step[0], "add", &left, 3))
            must(write(opened(step[1], O_WRONLY | O_APPEND), step[2], strlen(step[2])) >= 0, "add");
        else if (does(step[0], "put", &left, 3)) {
            size_t half = strlen(step[2]) / 2;
            struct iovec parts[] = {{step[2], half}, {step[2] + half, strlen(step[2]) - half}};
            must(pwritev(opened(step[1], O_WRONLY), parts, 2, 0) >= 0, "put");
        } else if (does(step[0], "sync", &left, 2))
            must(fdatasync(opened(step[1], O_RDONLY)) == 0, "sync");
        else if (does(step[0], "look", &left, 2)) {
            char byte;
            must(pread(opened(step[1], O_RDONLY), &byte, 1, 0) >= 0, "look");
        } else if (does(step[0], "say", &left, 2))
            must(write(1, step[1], strlen(step[1])) >= 0, "say");
        else if (does(step[0], "folder", &left, 2))
            must(mkdir(step[1], 0755) == 0, "folder");
        else if (does(step[0], "move", &left, 3))
            must(rename(step[1], step[2]) == 0, "move");
        else if (does(step[0], "remove", &left, 2))
            must(unlink(step[1]) == 0, "remove");
        else if (does(step[0], "many", &left, 3))
            many(atoi(step[1]), step[2]);
        else if (does(step[0], "every", &left, 2))
            every(step[1]);
        else if (does(step[0], "bypass", &left, 3))
            must(syscall(SYS_write, opened(step[1], O_WRONLY), step[2], strlen(step[2])) >= 0, "bypass");
        else
            must(0, step[0]);
    }
    return 0;
}
