// Package queue spreads the jobs of a study over the processes of one machine
// or of many. [Run] feeds jobs and passes their results to a function;
// [Serve] works on them. Between them is a NATS JetStream server, which Run
// starts inside its own process unless it is given the address of another.
//
// Every job is done, and its result handed over exactly once, whatever dies
// in between:
//
//   - A result is removed from the queue only after the function that Run passes it
//     to has returned nil. What that function has stored is what counts: after a crash
//     the caller passes the jobs without a stored result, and the queue is asked which
//     of them it still holds, as jobs or as results.
//   - The subject of a message is made from the job's id, and a message is
//     accepted only if there is none with its subject. So nothing is queued twice.
//     Unlike the server's own memory of message ids, this does not expire, and a job
//     is forgotten once it is done: it can be asked for again.
//   - A worker reports that it is alive while it works. If it falls silent, its job is
//     given to another, three times in all; then it is a failed result.
//   - Local workers end with the process that started them, others once their
//     server has been gone for a while.
package queue
