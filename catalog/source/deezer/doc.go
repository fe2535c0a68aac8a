// Package deezer asks Deezer's public API for recordings: search by artist and title, by ISRC, by id. It needs no key.
//
//	client, err := deezer.New(deezer.WithUserAgent("my-app/1.0 (me@example.org)"))
//	track, err := client.Find(ctx, song)  // by ISRC if the song has one, else by artist and title
//	fmt.Println(track.Link, track.PreviewURL)
//
// Preview addresses are signed and stop working within 15 to 60 minutes, see [source.Track]: keep the id and call
// [Client.Track] when somebody presses play.
//
// A client starts at most 50 calls in any 5 s, which is Deezer's own limit for an address, so share one client in a
// process. Deezer reports its errors with HTTP 200; they come out as the errors of package source all the same. There
// are no retries: whoever waits for a preview has no time for them.
package deezer
