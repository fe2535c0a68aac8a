// Package preview finds something to play for a song at the moment somebody presses play.
//
//	resolver, err := preview.New(preview.WithLogger(logger))
//	playable, err := resolver.Resolve(ctx, song)
//	if errors.Is(err, preview.ErrNoPreview) {
//		fmt.Println(err) // says what was tried and why it failed
//	}
//
// # Order
//
// A [Resolver] takes the first of these that there is:
//
//  1. a demo track, then a local file, then an address that does not expire, from the song's own previews;
//  2. a stored Deezer or iTunes id, whose address is looked up now;
//  3. a search on Deezer, then on iTunes, whose hits must agree with the song, see [source.Agrees].
//
// More services can be added with [WithProvider]. A service that fails is not asked a second way for the same song.
//
// # Care
//
// A look-up takes at most 4 s in all, shared among the services that may still be asked. Calls for one song at the same
// time become one look-up; it goes on if a caller gives up, so that the others, and the next click, have its answer.
// Answers are kept for at most 10 minutes and not beyond a minute before a signed address expires; that a song is
// nowhere is remembered for 5 minutes, a failure is not. A service that fails 5 times running rests for 30 s, then one
// call tries it; one that asks to wait is not asked before. There are no retries: the next service is the retry.
//
// Addresses of services are signed: they are handed out, kept in memory and neither logged nor stored. [WithOffline]
// keeps the resolver off the network: only demo tracks and files play then.
package preview
