// Package server offers a recommender over HTTP. One port, cleartext HTTP/1.1 and HTTP/2, speaks Connect, gRPC and
// gRPC-Web (server/proto has the schema, server/gen the Go client), takes raw picture bytes for those who have only curl,
// streams the previews that need no network, and answers probes and Prometheus:
//
//	/soundtrack.v1.SoundtrackService/…   the API by Connect, gRPC or gRPC-Web
//	/grpc.health.v1.Health/Check         health for gRPC load balancers
//	POST /v1/recommend                   picture bytes in, RecommendResponse as JSON out; see [Server.Handler]
//	GET  /v1/previews/demo/{name}        a demo track
//	GET  /v1/previews/file/{song}        the local audio file of a song
//	GET  /livez, /readyz, /metrics       never refused for load
//	GET  /                               the page, if [WithPage] gives one
//
// A server is made of an [Engine], which a *soundtrack.Recommender is, and options:
//
//	rec, err := soundtrack.Open(ctx)
//	srv, err := server.New(rec)
//	err = srv.Serve(ctx, listener) // until ctx is done
//
// # Load
//
// Work that looks at pictures runs on a fixed number of slots with a short queue before them. When the queue is full a
// request is refused at once, before its body is read, with reason "busy" and the time after which to try again; a slot
// is free again only when its work has really ended, even if nobody waits for the answer any more. Re-ranks and look-ups
// have slots of their own, so that dials stay quick while pictures queue. See [WithSlots], [WithQueue] and [WithMemory].
//
// # Errors
//
// Every error has a code, a message, a machine-readable reason, a remedy and, where trying again helps, a time to wait.
// RPC clients find the last three in soundtrack.v1.ErrorDetail; the plain endpoint sends
//
//	{"code":"…","message":"…","reason":"…","remedy":"…","retryAfter":1}
//
// Only requests that are no calls at all, for their method, content type or timeout header, are answered by Connect with
// a code alone. The table in errors_table.go is the only place that decides. What it does not know is "internal": the
// cause goes to the log, with the request id that the client was given, and never to the client.
package server
