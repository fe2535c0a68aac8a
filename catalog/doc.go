// Package catalog holds songs and finds candidates among them.
//
// A [Song] is one recording with what matching needs: identity, year, language, genres, affect (the emotion that
// listeners perceive, with a spread), the [Sound] that affect rests on, concepts of the vocabulary of package tagging,
// embeddings by space, references to previews, and a [Provenance] that says where each field came from and so what may
// be done with it. Its [Key], folded artist and title, makes it one song however it is spelled; its [ID] is derived from
// the key and the same in every store.
//
// A [Store] keeps songs and answers a [Query]: each part of a query that is present (affect, concepts, embedding)
// contributes its nearest songs among those that pass the [Filter], and the ranker of package match decides. [Memory] is
// the exact store in memory; stores with a database live in folders of their own and pass the same suite, catalogtest.
// Further abilities are one-method interfaces found by assertion: [Lister], [Searcher].
//
//	store, err := catalog.NewMemory(songs...)
//	near, err := store.Candidates(ctx, catalog.Query{Affect: &tagging.Affect{Valence: .6, Arousal: -.4}, K: 50})
//
// [Read] reads songs from CSV and JSONL, skips bad rows and says which and why. The seed catalogue is in catalog/seed,
// tracks that can always be played in catalog/demo.
//
// Errors: [ErrInvalid] for a refused song, filter or query, with the field in an [InvalidError]; [ErrNotFound],
// [ErrDimension] and [ErrClosed]. Everything is safe for concurrent use unless it says otherwise.
package catalog
