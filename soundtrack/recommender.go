package soundtrack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/oklog/ulid/v2"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo"
	"github.com/soundtrack-go/sdk/catalog/seed"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// ErrRequest reports a request that is refused before any work.
var ErrRequest = errors.New("soundtrack: invalid request")

// Recommender answers requests. Make one with [Open], share it between goroutines, and close it at the end.
type Recommender struct {
	encoder  *openedEncoder
	observer *vision.Observer
	tagger   tagging.Tagger
	store    catalog.Store
	ownStore bool
	ranker   *match.Ranker
	limits   vision.Limits
	logger   *slog.Logger
	closing  sync.Once
	closeErr error
}

// Open makes a recommender. Without options it takes the best encoder that is cached, fetching the small one (17 MB,
// once) if there is none, and searches the seed catalogue in memory. Offline and with an empty cache it falls back to
// colours, and every answer says so. Open blocks while a model is fetched; cancel ctx to stop it.
func Open(ctx context.Context, opts ...Option) (*Recommender, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	r := &Recommender{tagger: c.tagger, store: c.store, ranker: c.ranker, limits: c.limits, logger: c.logger}
	if r.ranker == nil {
		if r.ranker, err = match.New(); err != nil {
			return nil, err
		}
	}
	if r.store == nil {
		if r.store, err = defaultStore(c); err != nil {
			return nil, err
		}
		r.ownStore = true
	}
	if r.encoder, err = openEncoder(ctx, c); err != nil {
		return nil, err
	}
	if r.tagger == nil {
		if r.tagger, err = r.encoder.tagger(c); err != nil {
			return nil, errors.Join(err, r.encoder.close())
		}
	}
	var observing []vision.ObserverOption
	if r.encoder.encoder != nil {
		observing = append(observing, vision.WithEncoder(r.encoder.encoder))
	}
	if r.observer, err = vision.NewObserver(observing...); err != nil {
		return nil, errors.Join(err, r.encoder.close())
	}
	choice := r.encoder.choice
	r.logger.InfoContext(ctx, "encoder chosen",
		"id", choice.ID, "backend", choice.Backend, "device", choice.Device, "reason", choice.Reason)
	return r, nil
}

func defaultStore(c *config) (catalog.Store, error) {
	songs := slices.Clone(c.songs)
	if !c.noSeed {
		seeded, err := seed.Songs()
		if err != nil {
			return nil, err
		}
		songs = append(seeded, songs...) // the caller's songs come last, so that they replace seeds of the same key
	}
	if !c.noDemo {
		songs = append(songs, demo.Songs()...)
	}
	return catalog.NewMemory(songs...)
}

// Recommend answers with songs that fit the picture. Errors match [ErrRequest], the errors of package vision for a
// refused picture, of package match for a dial out of range, and of package catalog for a bad filter; whatever else goes
// wrong with a part of the answer is named in Degraded.
func (r *Recommender) Recommend(ctx context.Context, req Request) (*Recommendation, error) {
	query := match.Query{
		Dials: req.Dials, Mood: req.Mood, Include: req.Include, Exclude: req.Exclude, Filter: req.Filter, Count: req.Count, Care: req.Care,
	}
	if err := validateQuery(query); err != nil { // before any work
		return nil, err
	}
	out, err := r.Analyze(ctx, req)
	if err != nil {
		return nil, err
	}
	query.Tags, query.Palette = out.Analysis.Tags, out.Analysis.Palette
	query.Embedding, query.Space = out.Analysis.Embedding, out.Analysis.Space
	if query.Like, err = r.store.Get(ctx, req.Like...); err != nil {
		return nil, err
	}
	target, err := r.ranker.Target(query)
	if err != nil {
		return nil, err
	}
	candidates, err := r.store.Candidates(ctx, target.StoreQuery(0, query.Filter))
	if err != nil {
		return nil, fmt.Errorf("soundtrack: searching songs: %w", err)
	}
	if out.Picks, err = r.ranker.Rank(ctx, query, candidates); err != nil {
		return nil, err
	}
	for _, word := range target.Unknown {
		out.Degraded = append(out.Degraded, tagging.Degradation{
			Part: "words", Reason: fmt.Sprintf("%q is not in the vocabulary and was ignored", word), Remedy: "try a more common word",
		})
	}
	want := cmp.Or(query.Count, match.DefaultCount)
	if len(out.Picks) < want {
		out.Degraded = append(out.Degraded, scarce(len(out.Picks), want, target.Care.Guards()))
	}
	out.Care = target.Care
	return out, nil
}

// Analyze says what is seen in a picture, without songs: Picks is empty. Of the request only Image, Picture or Analysis,
// and Care, matter.
func (r *Recommender) Analyze(ctx context.Context, req Request) (*Recommendation, error) {
	if err := validateQuery(match.Query{Care: req.Care}); err != nil {
		return nil, err
	}
	analysis, err := r.analysis(ctx, req)
	if err != nil {
		return nil, err
	}
	return &Recommendation{
		RequestID: ulid.Make().String(),
		Encoder:   r.encoder.choice,
		Analysis:  *analysis,
		Care:      match.PictureCare(analysis.Tags, req.Care),
		Degraded:  slices.Concat(r.encoder.degraded, analysis.Tags.Degraded),
	}, nil
}

func (r *Recommender) analysis(ctx context.Context, req Request) (*Analysis, error) {
	given := 0
	for _, present := range []bool{req.Image != nil, req.Picture != nil, req.Analysis != nil} {
		if present {
			given++
		}
	}
	if given != 1 {
		return nil, fmt.Errorf("%w: %d of Image, Picture and Analysis are given: want exactly one", ErrRequest, given)
	}
	if req.Analysis != nil {
		again := *req.Analysis
		return &again, nil
	}
	picture := req.Picture
	if picture == nil {
		decoded, err := vision.Decode(ctx, req.Image, vision.WithLimits(r.limits))
		if err != nil {
			return nil, err
		}
		picture = decoded
	}
	observation, err := r.observer.Observe(ctx, picture)
	if err != nil {
		return nil, fmt.Errorf("soundtrack: looking at the picture: %w", err)
	}
	tags, err := r.tagger.Tag(ctx, observation)
	if err != nil {
		return nil, fmt.Errorf("soundtrack: describing the picture: %w", err)
	}
	analysis := &Analysis{Tags: tags, Palette: observation.Palette, Width: picture.Width(), Height: picture.Height()}
	if observation.Encoding != nil {
		analysis.Embedding, analysis.Space = observation.Encoding.Embedding, observation.Encoding.Model.Space()
	}
	return analysis, nil
}

// scarce explains an answer with fewer picks than were asked for.
func scarce(got, want int, care bool) tagging.Degradation {
	d := tagging.Degradation{Part: "picks", Reason: fmt.Sprintf("only %d of %d songs fit the filters and words", got, want), Remedy: "loosen a filter or drop a word"}
	if care {
		d.Reason = fmt.Sprintf("only %d of %d songs fit the filters and words and are quiet enough for this picture", got, want)
		d.Remedy = "loosen a filter, ask for another mood, or turn care off"
	}
	return d
}

func validateQuery(q match.Query) error {
	if err := q.Filter.Validate(); err != nil { // first, so that the error is catalog's
		return err
	}
	return q.Validate()
}

// Store is where the songs are.
func (r *Recommender) Store() catalog.Store { return r.store }

// Encoder says which encoder is in use and why.
func (r *Recommender) Encoder() EncoderChoice { return r.encoder.choice }

// Close frees what Open made: never what the caller brought by an option. A second Close is a no-op.
func (r *Recommender) Close() error {
	r.closing.Do(func() {
		r.closeErr = r.encoder.close()
		if r.ownStore {
			r.closeErr = errors.Join(r.closeErr, r.store.Close())
		}
	})
	return r.closeErr
}
