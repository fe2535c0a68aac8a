package vision

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
)

// maxVocabulary bounds a vocabulary file; OpenAI's, with all the merges that nobody uses, has 3.2 MB.
const maxVocabulary = 16 << 20

// OpenTokenizer reads the tokenizer of a model's text tower, without the tower. The vocabulary must have the digest that the
// manifest says. A model that does not fit, or has no text tower, gives an error that matches [ErrModel].
func OpenTokenizer(model Model) (*Tokenizer, error) {
	m := model.Manifest
	bad := func(format string, args ...any) error {
		return &ModelError{Model: m.ID, Reason: fmt.Sprintf(format, args...)}
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if m.Textual == nil {
		return nil, bad("it has no text tower")
	}
	if model.Vocabulary.Path == "" {
		return nil, bad("the vocabulary of its text tower was not fetched")
	}
	file, err := os.Open(model.Vocabulary.Path)
	if err != nil {
		return nil, fmt.Errorf("vision: model %q: vocabulary: %w", m.ID, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxVocabulary+1))
	if err != nil {
		return nil, fmt.Errorf("vision: model %q: vocabulary: %w", m.ID, err)
	}
	if len(data) > maxVocabulary {
		return nil, bad("vocabulary has more than %d bytes", maxVocabulary)
	}
	sum := sha256.Sum256(data)
	if got, want := hex.EncodeToString(sum[:]), m.Textual.Vocabulary.SHA256; got != want {
		return nil, bad("vocabulary has digest %s, manifest wants %s", got, want)
	}
	tokenizer, err := NewTokenizer(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("vision: model %q: %w", m.ID, err)
	}
	return tokenizer, nil
}
