/* Runs jobs on a thread of its own. */
#include "base/worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

TAILQ_HEAD(worker_jobs, worker_job);

struct worker {
    struct loop *loop;
    size_t busy; /* the loop's own */
    pthread_t thread;
    int finished_fd; /* an eventfd: there is something in FINISHED */
    atomic_bool cancelled;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    struct worker_jobs waiting, finished;
    bool ending;
};

static struct worker_job *worker_next(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    while (TAILQ_EMPTY(&worker->waiting) && !worker->ending)
        pthread_cond_wait(&worker->changed, &worker->lock);
    struct worker_job *job = TAILQ_FIRST(&worker->waiting);
    if (job)
        TAILQ_REMOVE(&worker->waiting, job, link);
    pthread_mutex_unlock(&worker->lock);
    return job;
}

static void worker_give_back(struct worker *worker, struct worker_job *job)
{
    const uint64_t one = 1;
    pthread_mutex_lock(&worker->lock);
    TAILQ_INSERT_TAIL(&worker->finished, job, link);
    pthread_mutex_unlock(&worker->lock);
    while (write(worker->finished_fd, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

static void *worker_main(void *data)
{
    struct worker *worker = data;
    struct worker_job *job;
    while ((job = worker_next(worker))) {
        if (!atomic_load(&worker->cancelled))
            job->run(job, &worker->cancelled);
        worker_give_back(worker, job);
    }
    return NULL;
}

static struct worker_job *worker_take_finished(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    struct worker_job *job = TAILQ_FIRST(&worker->finished);
    if (job)
        TAILQ_REMOVE(&worker->finished, job, link);
    pthread_mutex_unlock(&worker->lock);
    return job;
}

static void worker_on_finished(void *data, int fd, uint32_t events)
{
    struct worker *worker = data;
    struct worker_job *job;
    uint64_t count;
    (void)events;
    if (read(fd, &count, sizeof count) < 0)
        return; /* nothing new */
    while ((job = worker_take_finished(worker))) {
        worker->busy--;
        job->done(job);
    }
}

static int worker_start(struct worker *worker)
{
    worker->finished_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (worker->finished_fd < 0)
        return errno;
    int error =
        -loop_fd_set(worker->loop, worker->finished_fd, EPOLLIN, worker_on_finished, worker);
    return error ? error : pthread_create(&worker->thread, NULL, worker_main, worker);
}

static void worker_free(struct worker *worker)
{
    if (worker->finished_fd >= 0) {
        loop_fd_remove(worker->loop, worker->finished_fd);
        close(worker->finished_fd);
    }
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
}

struct worker *worker_create(struct loop *loop)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return NULL;
    worker->loop = loop;
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->changed, NULL);
    TAILQ_INIT(&worker->waiting);
    TAILQ_INIT(&worker->finished);
    int error = worker_start(worker);
    if (error) {
        worker_free(worker);
        errno = error;
        return NULL;
    }
    return worker;
}

void worker_destroy(struct worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->lock);
    worker->ending = true;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    worker_free(worker);
}

void worker_add(struct worker *worker, struct worker_job *job)
{
    worker->busy++;
    pthread_mutex_lock(&worker->lock);
    TAILQ_INSERT_TAIL(&worker->waiting, job, link);
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

void worker_cancel(struct worker *worker)
{
    atomic_store(&worker->cancelled, true);
}

size_t worker_busy(const struct worker *worker)
{
    return worker->busy;
}
