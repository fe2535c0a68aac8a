package llm

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// Name is the name of the [Tagger] in evidence, and the one to give it in a [tagging.Fusion].
const Name = "llm"

// Tagger is a [tagging.Tagger] that asks a model which sees. Equal pictures are asked about once: callers at the same time
// share a call, and readings are kept; so is, for an hour in memory, that a picture was refused or got no usable reply. A
// call that has begun goes on without its callers, for at most the client's timeout, since it is paid for. Safe for
// concurrent use.
type Tagger struct {
	client     *Client
	vocabulary *tagging.Vocabulary
	question   question
	prompt     [sha256.Size]byte // see promptDigest
	side       int
	share      float64
	age        time.Duration // of readings at most
	cache      *cache
	flights    singleflight.Group
}

// failureAge is for how long a picture that the model refuses, or has no usable reply to, is not asked about again.
const failureAge = time.Hour

var _ tagging.Tagger = (*Tagger)(nil)

// TaggerOption changes a [Tagger].
type TaggerOption interface{ applyTagger(*taggerConfig) error }

type taggerOptionFunc func(*taggerConfig) error

func (f taggerOptionFunc) applyTagger(c *taggerConfig) error { return f(c) }

type taggerConfig struct {
	vocabulary *tagging.Vocabulary
	side       int
	share      float64
	cacheSize  int
	cacheDir   string
	cacheAge   time.Duration
}

// WithVocabulary offers the concepts of another vocabulary. The default is [tagging.DefaultVocabulary].
func WithVocabulary(v *tagging.Vocabulary) TaggerOption {
	return taggerOptionFunc(func(c *taggerConfig) error {
		if v == nil {
			return errors.New("llm: WithVocabulary: want a vocabulary")
		}
		c.vocabulary = v
		return nil
	})
}

// WithSide sends pictures with a long side of at most side pixels. side must be in [64, 2048]; the default is 1024. Smaller
// is cheaper: services charge pictures by their area.
func WithSide(side int) TaggerOption {
	return taggerOptionFunc(func(c *taggerConfig) error {
		if side < 64 || side > 2048 {
			return fmt.Errorf("llm: WithSide(%d): want 64 to 2048", side)
		}
		c.side = side
		return nil
	})
}

// WithDeadlineShare lets the tagger use that share of the time until the caller's deadline, so that the rest of a
// recommendation keeps some. share must be in (0, 1]; the default is 0.9, since a [tagging.Fusion] takes its share first.
func WithDeadlineShare(share float64) TaggerOption {
	return taggerOptionFunc(func(c *taggerConfig) error {
		if !(share > 0 && share <= 1) {
			return fmt.Errorf("llm: WithDeadlineShare(%v): want more than 0 and at most 1", share)
		}
		c.share = share
		return nil
	})
}

// WithCacheSize keeps n readings in memory, some 3 kB each. n must be in [0, 100000]; 0 keeps none, the default is 1000.
func WithCacheSize(n int) TaggerOption {
	return taggerOptionFunc(func(c *taggerConfig) error {
		if n < 0 || n > 100_000 {
			return fmt.Errorf("llm: WithCacheSize(%d): want 0 to 100000", n)
		}
		c.cacheSize = n
		return nil
	})
}

// WithCacheDir also keeps readings as files below dir, which is made when first needed. No file is ever removed; all of
// them may be. They are named by a digest of the picture, the question, service and model, and hold the checked reply.
func WithCacheDir(dir string) TaggerOption {
	return taggerOptionFunc(func(c *taggerConfig) error {
		if dir == "" {
			return errors.New("llm: WithCacheDir: want a directory")
		}
		c.cacheDir = dir
		return nil
	})
}

// WithCacheAge asks again about a picture whose reading is older than age, since a name such as "-latest" may mean another
// model by then. A service that is heard to run another model under the same name is asked again in any case. age must be
// more than 0; the default is 30 days.
func WithCacheAge(age time.Duration) TaggerOption {
	return taggerOptionFunc(func(c *taggerConfig) error {
		if age <= 0 {
			return fmt.Errorf("llm: WithCacheAge(%s): want more than 0", age)
		}
		c.cacheAge = age
		return nil
	})
}

// maxPictureReply is the cap on the reply's tokens. A full reply takes some 900; the rest is for thoughts, which count.
const maxPictureReply = 4000

// NewTagger makes a tagger that asks through client.
func NewTagger(client *Client, options ...TaggerOption) (*Tagger, error) {
	if client == nil {
		return nil, errors.New("llm: NewTagger: want a client")
	}
	c := taggerConfig{
		vocabulary: tagging.DefaultVocabulary(), side: 1024, share: 0.9, cacheSize: 1000, cacheAge: 30 * 24 * time.Hour,
	}
	for _, o := range options {
		if err := o.applyTagger(&c); err != nil {
			return nil, err
		}
	}
	schema := pictureSchema(c.vocabulary)
	t := &Tagger{
		client: client, vocabulary: c.vocabulary, side: c.side, share: c.share, age: c.cacheAge, cache: newCache(c.cacheSize, c.cacheDir),
		question: question{
			name: "picture", system: promptFor(picturePrompt, schema), schema: schema, maxTokens: maxPictureReply, lasting: true,
		},
	}
	t.prompt = promptDigest(PicturePromptVersion, client.preset, t.question.system)
	return t, nil
}

// promptDigest stands for service, model and the whole question but the picture.
func promptDigest(version string, p Preset, system string) [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.Join([]string{version, p.Base, p.Model, string(p.Format), system}, "\x00")))
}

// Tag implements [tagging.Tagger]. An observation without a picture gets no call and says nothing. Errors are those of
// [Tagger.Describe].
func (t *Tagger) Tag(ctx context.Context, o *vision.Observation) (tagging.Tags, error) {
	if err := ctx.Err(); err != nil {
		return tagging.Tags{}, err
	}
	if o.Picture == nil {
		return tagging.Tags{Affect: tagging.Estimate{Spread: tagging.UnknownSpread}}, nil
	}
	reading, err := t.Describe(ctx, o.Picture)
	if err != nil {
		return tagging.Tags{}, err
	}
	return reading.tags(t.vocabulary), nil
}

// Describe returns the reading of a picture. What leaves the machine is the picture, made smaller and encoded anew as a
// JPEG without metadata, and a fixed question: no file name, place or time. Errors are [*Error]s, which say the next step,
// or ctx's own.
func (t *Tagger) Describe(ctx context.Context, p *vision.Picture) (Reading, error) {
	encoded, digest, err := t.encode(p)
	if err != nil {
		return Reading{}, err
	}
	sum := sha256.Sum256(append(t.prompt[:], digest[:]...))
	key := hex.EncodeToString(sum[:])
	limited, cancel := t.limit(ctx)
	defer cancel()
	for {
		if k, ok := t.known(key); ok {
			return k.reading.clone(), cmp.Or(ctx.Err(), k.err)
		}
		own := false
		shared := t.flights.DoChan(key, func() (any, error) {
			own = true
			return t.read(limited, key, encoded)
		})
		select {
		case result := <-shared:
			if reading, ok := result.Val.(Reading); ok && result.Err == nil {
				return reading.clone(), nil
			}
			// What another caller had no time for is tried again in this one's.
			if own || !isHasty(result.Err) {
				return Reading{}, t.late(ctx, result.Err)
			}
		case <-limited.Done():
			return Reading{}, t.late(ctx, limited.Err())
		}
	}
}

// known returns what is kept about a picture, unless it is too old or another model said it.
func (t *Tagger) known(key string) (kept, bool) {
	k, ok := t.cache.get(key, t.question)
	age := t.age
	if k.err != nil {
		age = failureAge
	}
	return k, ok && t.client.clock().Sub(k.at) < age && t.client.serves(k.served)
}

// limit shortens ctx to its share.
func (t *Tagger) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Duration(t.share*float64(time.Until(deadline))))
}

// late tells the end of the share from the end of ctx itself.
func (t *Tagger) late(ctx context.Context, err error) error {
	switch {
	case !isContext(err):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return t.client.failf(ErrUnavailable, "give more time, or choose a faster model", "no answer in its share of the time")
}

// read asks about a picture and keeps what comes. It looks into the cache again: the flight that filled it may have ended
// between the caller's look and this one.
func (t *Tagger) read(ctx context.Context, key, encoded string) (Reading, error) {
	if k, ok := t.known(key); ok {
		return k.reading, k.err
	}
	q := t.question
	q.content = []part{
		{Type: "text", Text: pictureAsk},
		{Type: "image_url", ImageURL: &imageURL{URL: "data:image/jpeg;base64," + encoded}},
	}
	a, err := t.client.ask(ctx, q)
	served, _ := t.client.served.Load().(string)
	now := t.client.clock()
	if errors.Is(err, ErrRefused) || errors.Is(err, ErrReply) {
		t.cache.remember(key, kept{err: err, served: served, at: now})
	}
	if err != nil {
		return Reading{}, err
	}
	reading, err := readingOf(a)
	if err != nil {
		return Reading{}, err
	}
	file := cacheFile{
		Prompt: PicturePromptVersion, Model: t.client.String(), Served: served, At: now, Reply: a.clean, Incomplete: len(a.problems) > 0,
	}
	if err := t.cache.put(key, reading, file); err != nil {
		t.client.logger.WarnContext(ctx, "llm cache file not written", "error", err)
	}
	return reading, nil
}

// jpegQuality costs a third of the bytes of 95 and no model sees the difference.
const jpegQuality = 85

// encode returns the picture as it is sent, in base64, and the digest of its bytes.
func (t *Tagger) encode(p *vision.Picture) (string, [sha256.Size]byte, error) {
	var digest [sha256.Size]byte
	small, err := p.Thumbnail(t.side)
	if err != nil {
		return "", digest, err
	}
	var text strings.Builder
	hash := sha256.New()
	encoder := base64.NewEncoder(base64.StdEncoding, &text)
	if err := jpeg.Encode(io.MultiWriter(hash, encoder), small, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return "", digest, fmt.Errorf("llm: encoding the picture: %w", err)
	}
	if err := encoder.Close(); err != nil {
		return "", digest, fmt.Errorf("llm: encoding the picture: %w", err)
	}
	hash.Sum(digest[:0])
	return text.String(), digest, nil
}
