// Package itunes asks Apple's iTunes Search API for recordings: search by artist and title, look-up by id. It needs no
// key.
//
//	client, err := itunes.New(itunes.WithCountry("de"))
//	track, err := client.Find(ctx, song)
//	fmt.Println(track.Link, track.PreviewURL)
//
// Apple allows previews only beside a link to its store, and only to promote what the store sells: show
// [source.Track].Link next to the player. An id belongs to a store, so look it up in the country where it was found.
//
// A client starts at most 20 calls in any minute, which is Apple's limit, so share one client in a process; a call that
// would have to wait longer than its context or timeout allows fails at once with a [source.BusyError]. There are no
// retries.
package itunes
