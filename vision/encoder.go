package vision

import (
	"context"
	"errors"
	"fmt"
)

// Encoder turns pictures into unit-length embeddings. Implementations are safe for concurrent use.
// Every implementation passes visiontest.Run.
type Encoder interface {
	// Encode returns one embedding for each picture, in order: Info().Dim float32 numbers of unit length.
	// It neither changes nor keeps the pictures; the embeddings belong to the caller.
	// No pictures give no embeddings and no error.
	Encode(ctx context.Context, pictures []*Picture) ([][]float32, error)
	// Info describes the space that the embeddings live in.
	Info() ModelInfo
}

// TextEncoder is an [Encoder] ability, found by assertion: it embeds texts into the same space as pictures.
type TextEncoder interface {
	// EncodeText returns one unit-length embedding for each text, in order.
	EncodeText(ctx context.Context, texts []string) ([][]float32, error)
}

// DetailEncoder is an [Encoder] ability, found by assertion: one pass through the network also yields its
// other outputs, such as class logits.
type DetailEncoder interface {
	// EncodeDetail returns one Encoding for each picture, in order. Embeddings equal those of Encode.
	EncodeDetail(ctx context.Context, pictures []*Picture) ([]Encoding, error)
}

// ModelInfo names an embedding space. Vectors of two spaces are never compared: compare [ModelInfo.Space].
type ModelInfo struct {
	ID     string // preset or manifest id, such as "compact"
	Dim    int    // length of an embedding
	Digest string // lower-case hex SHA-256 of the weights that the embeddings come from
	// SharesTextSpace says that texts can be embedded into the same space.
	SharesTextSpace bool
	// Labels names the label set of the "logits" output, such as "imagenet-1k"; empty if there is none.
	Labels string
}

// Space is the key under which vectors of this model are stored: id and the first 12 digits of the digest.
func (m ModelInfo) Space() string {
	digest := m.Digest
	if len(digest) > 12 {
		digest = digest[:12]
	}
	return m.ID + "@" + digest
}

// Encoding is everything that one pass through an encoder says about one picture.
type Encoding struct {
	Model     ModelInfo
	Embedding []float32 // unit length, Model.Dim numbers
	// Outputs holds the manifest's further outputs by name, for instance "logits". Never nil maps of nil slices:
	// an output that the model lacks is absent.
	Outputs map[string][]float32
}

var (
	// ErrEmbedding reports an embedding that is unusable: wrong length, not finite, or of zero length.
	ErrEmbedding = errors.New("vision: unusable embedding")
	// ErrModel reports a model that is not what its manifest says: digest, names, types, shapes or known answer.
	ErrModel = errors.New("vision: model does not match its manifest")
	// ErrUnsupported reports a graph that a backend cannot execute; the message names the node.
	ErrUnsupported = errors.New("vision: model needs an unsupported operator")
)

// EmbeddingError says why an embedding was refused. It matches [ErrEmbedding].
type EmbeddingError struct {
	Index  int // which picture or text of the call
	Reason string
}

func (e *EmbeddingError) Error() string {
	return fmt.Sprintf("vision: embedding %d: %s", e.Index, e.Reason)
}

// Is reports whether target is [ErrEmbedding].
func (e *EmbeddingError) Is(target error) bool { return target == ErrEmbedding }

// ModelError says where a model departs from its manifest. It matches [ErrModel].
type ModelError struct {
	Model  string // manifest id
	Reason string
}

func (e *ModelError) Error() string { return fmt.Sprintf("vision: model %q: %s", e.Model, e.Reason) }

// Is reports whether target is [ErrModel].
func (e *ModelError) Is(target error) bool { return target == ErrModel }
