#ifndef REVENANT_UTIL_THREAD_ANNOTATIONS_H_
#define REVENANT_UTIL_THREAD_ANNOTATIONS_H_

// Which mutex guards what, in words that clang checks (-Wthread-safety). Other compilers skip them.
// The mutexes that they speak of are those of util/mutex.h.
//
//   Mutex mutex_;
//   int count_ GUARDED_BY(mutex_) = 0;
//   void Grow() REQUIRES(mutex_);  // the caller holds it

#if defined(__clang__)
#define REVENANT_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define REVENANT_THREAD_ANNOTATION(x)
#endif

// On members: read and written only with the mutex held; what a pointer points to likewise;
// and in which order mutexes are taken.
#define GUARDED_BY(mutex) REVENANT_THREAD_ANNOTATION(guarded_by(mutex))
#define PT_GUARDED_BY(mutex) REVENANT_THREAD_ANNOTATION(pt_guarded_by(mutex))
#define ACQUIRED_BEFORE(...) REVENANT_THREAD_ANNOTATION(acquired_before(__VA_ARGS__))
#define ACQUIRED_AFTER(...) REVENANT_THREAD_ANNOTATION(acquired_after(__VA_ARGS__))

// On functions: the caller holds the mutex, or must not hold it.
#define REQUIRES(...) REVENANT_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define REQUIRES_SHARED(...) REVENANT_THREAD_ANNOTATION(requires_shared_capability(__VA_ARGS__))
#define EXCLUDES(...) REVENANT_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))

// On functions that lock and unlock, and on classes that are locks.
#define CAPABILITY(name) REVENANT_THREAD_ANNOTATION(capability(name))
#define SCOPED_CAPABILITY REVENANT_THREAD_ANNOTATION(scoped_lockable)
#define ACQUIRE(...) REVENANT_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define ACQUIRE_SHARED(...) REVENANT_THREAD_ANNOTATION(acquire_shared_capability(__VA_ARGS__))
#define TRY_ACQUIRE(...) REVENANT_THREAD_ANNOTATION(try_acquire_capability(__VA_ARGS__))
#define RELEASE(...) REVENANT_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define RELEASE_SHARED(...) REVENANT_THREAD_ANNOTATION(release_shared_capability(__VA_ARGS__))
#define RELEASE_GENERIC(...) REVENANT_THREAD_ANNOTATION(release_generic_capability(__VA_ARGS__))
#define ASSERT_CAPABILITY(x) REVENANT_THREAD_ANNOTATION(assert_capability(x))
#define RETURN_CAPABILITY(x) REVENANT_THREAD_ANNOTATION(lock_returned(x))

// The last resort; say beside it why no lock is needed.
#define NO_THREAD_SAFETY_ANALYSIS REVENANT_THREAD_ANNOTATION(no_thread_safety_analysis)

#endif  // REVENANT_UTIL_THREAD_ANNOTATIONS_H_
