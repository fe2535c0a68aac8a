// Package match ranks songs for a picture and says why.
//
//	ranker, err := match.New()
//	query := match.Query{Tags: tags} // what package tagging saw
//	target, err := ranker.Target(query)
//	candidates, err := store.Candidates(ctx, target.StoreQuery(0, query.Filter))
//	picks, err := ranker.Rank(ctx, query, candidates)
//	fmt.Println(picks[0].Song.Title, picks[0].Score, picks[0].Why())
//
// # Score
//
// A song's score is Σ weightᵢ · valueᵢ over six parts. Values and the score lie in [0, 1] and the weights sum to 1.
//
//	part      weight  value
//	affect    .45     exp(−(√(d²+2s²) − √2·s) / .72), see "Mood"
//	concepts  .35     1 − (1−cos)², cos that of the expanded concept vectors, see "Concepts"
//	joint     .08     similarity in the encoder's space, scaled to [0, 1] by [WithJointRange]
//	era       .05     exp(−gap/fade), gap the years between the song and the span that is wanted
//	palette   .04     1 − ½(|light − mode| + |lively − energy|), the picture's colours and the song's sound
//	prior     .03     share of seven facts that are known of the song; nothing in it measures fame
//
// The reasons for the weights: how a picture feels decides most, since it is what people hear a match by; what is in it
// comes next, because shared imagery is what they understand as a reason, and one right noun says most of the feeling
// as well. Everything else breaks ties: colour alone is nearly empty (r .08 with the valence and .31 with the arousal
// that people report), a year matters only where it is asked for, and the encoder's space is no space of music.
// [WithWeights] replaces the table.
//
// # What is missing
//
// A part that the query does not speak of (no palette, no known age), or that no candidate can be judged in, is left out
// for all songs, and the others share its weight. A part that only this song lacks keeps its weight: its value is then
// the one that a song chosen by chance would be expected to reach, and its evidence says that the fact is unknown. So no
// song gains by what is not known of it, nor loses by more than the certainty that others have.
//
// # Mood
//
// The mood of a picture is a point on the plane of valence and arousal with a spread s. For a picture that is known
// exactly, a song at distance d fits by exp(−d/σ) with σ = .72 on axes from -1 to 1. For any other the value is the
// expectation of that over the normal distribution around the point. Its closed form here is
//
//	E[exp(−‖Δ‖/σ)] ≈ h(s) · exp(−(√(d²+2s²) − √2·s)/σ),  h(s) = 1 − t·e^{t²/2}·√(π/2)·erfc(t/√2),  t = s/σ
//
// exact at d = 0 and within .04 elsewhere, √(d²+2s²) being the root mean square distance. The second factor is the
// value; the first, relative to that of a sure picture (s = .2), scales the weight. An unsure picture thus weighs mood
// less and hardly tells near songs apart. A song's own spread is added to s² in the value as far as it exceeds
// [catalog.EstimatedSpread], which every judged song has.
//
// # Concepts
//
// Both sides are compared with what their concepts imply: the picture's vector comes expanded, as [tagging.Fuse] leaves it,
// and songs' vectors are expanded here in the same way. Concepts outside the vocabulary do not count.
//
// # Care
//
// A picture is heavy where its tags name a topic of care (grief, violence, medical, disaster) with a confidence of at least
// .4, or where it is sad, its valence below -.35, with a probability of at least .2, by a distribution with long tails
// around its estimate. It is unsure where that probability is at least .025 and its valence below .42: a photograph of sorrow
// is often taken for one of a face, and false cheer is worse than false quiet, so cheerful songs are for pictures that surely
// are pleasant. An estimate with a spread of .55 or more, such as that of colours alone, counts neither way.
//
//	heavy picture                no song with a valence above .25
//	unsure picture               no song with a valence above .29, that is, none that is called cheerful
//	wanted valence v < -.35      no song with a valence above v + .7, if that is less
//
// The first two bounds rise to 1 at half contrast. Songs whose mood nobody has judged are not picked either, however well the
// rest fits; gentle, consoling songs stay. A wish for another mood lifts the first two bounds; the third follows the mood
// that is wished for. [Target.Care] tells the bound and why. Fewer picks than asked for, or none, may be the answer.
// [Query.Care] makes it stricter (topics from .25, probabilities from .1 and .01, songs up to .1 and .2) or turns it off.
// Package evaluate measures what it does and what it costs.
//
// # Dials and wishes
//
//   - Contrast c moves the mood from a to (1−2c)·a: through neutral to its reflection; the palette's wishes turn likewise.
//     A neutral picture has no opposite.
//   - Mood replaces the picture's mood by one that is meant exactly; contrast then moves nothing.
//   - Where contrast, Mood or a wish takes the wanted mood a distance d away from the picture's, the moods and themes seen in
//     the picture fade by min(1−2c, 1−d/.9), at least 0: at full contrast the imagery is shared and the feeling opposed.
//     For Mood and wishes the palette's weight fades too.
//   - Atmosphere t moves .8·|t| of the concepts' weight to affect, or of affect's to concepts for t < 0.
//   - Era e blends the span that the picture's age asks for with the last ten years, or with the years more than sixty
//     ago, and weighs the part up to eightfold. At 0 a picture asks for its years as far as its age is known; one of
//     the last fifteen years only mildly for the digital age.
//   - Surprise runs from pure score to much diversity, see below.
//   - Like: the liked songs' mean mood and concepts count as much as the picture's, or Mood's. They are not picked
//     themselves.
//   - Include: each word counts in the concepts as much as everything that was seen; words for moods also move the
//     target's mood, as liked songs do.
//   - Exclude is hard: songs that have the concept, at any weight, or one that all but means it (implied with .6 or
//     more) are not picked. The concept leaves the target too. Words outside the vocabulary are reported in
//     [Target.Unknown] and do nothing.
//
// # Selection
//
// Of several versions of a song (live, remixed, remastered) the best stays, and of an artist as many songs as
// [WithArtistCap] allows. From the best 100 of these, or twice the count if that is more, picks are chosen one by one
// for the largest λ·score − (1−λ)·likeness to the most similar earlier pick (maximal marginal relevance, Carbonell and
// Goldstein 1998). Likeness is .35 mood, .35 concepts, .1 artist or title, .1 genres, .1 year. λ is .85, or what
// [WithDiversity] says, when Surprise is 0; 1 at -1; half of it at 1.
// So a pick's score is that of the song alone, and scores need not fall from pick to pick.
// The same query and songs give the same picks, in whatever order the candidates come; ties go by [catalog.ID].
package match
