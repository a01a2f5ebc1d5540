// Package queue spreads the jobs of a study over the processes of one machine
// or of many. [Run] feeds jobs and hands their results to a function, [Serve]
// works on them; between the two stands a NATS JetStream server, which Run
// starts inside its own process unless it is told of one that others run.
//
// Every job is done, and handed over exactly once, whatever dies in between:
//
//   - A result is taken from the queue only after the function that Run hands it
//     to has returned nil. What it has kept is what counts: after a crash the
//     caller passes the jobs it has no result of, and the queue is asked which of
//     them it still holds, as jobs or as results.
//   - The subject of a message is made from the job's id, and a message is
//     accepted only while there is none of its subject. So nothing is queued
//     twice, and, unlike the server's own memory of message ids, this forgets
//     nothing after a while and forgets a job once it is done: it can be asked
//     for again.
//   - A worker says that it is alive while it works. The job of one that falls
//     silent is given to another, three times in all; then it is a failed result.
//   - Local workers end with the process that started them, others once their
//     server has been gone for a while.
package queue
