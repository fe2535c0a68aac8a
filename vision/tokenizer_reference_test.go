package vision_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
)

// clipTokenizer is read once, from OpenAI's file.
var clipTokenizer = struct {
	once sync.Once
	t    *vision.Tokenizer
}{}

func openCLIPTokenizer(t testing.TB) *vision.Tokenizer {
	t.Helper()
	path := testenv.Data(t, "clip", "bpe_simple_vocab_16e6.txt.gz")
	clipTokenizer.once.Do(func() {
		var err error
		clipTokenizer.t, err = vision.NewTokenizer(bytes.NewReader(unzip(t, path)))
		require.NoError(t, err)
	})
	require.NotNil(t, clipTokenizer.t)
	return clipTokenizer.t
}

func unzip(t testing.TB, path string) []byte {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	require.NoError(t, err)
	data, err := io.ReadAll(unzipped)
	require.NoError(t, err)
	return data
}

type goldenText struct {
	Name, Kind, Text string
	IDs              []int64
	Total            int
}

// TestTokenizerReference holds us against open_clip's SimpleTokenizer.
func TestTokenizerReference(t *testing.T) {
	t.Parallel()
	tokenizer := openCLIPTokenizer(t)
	// Out of scope: text that was decoded in a wrong encoding. No row has a special string that open_clip honours.
	different := map[string]bool{"æ—¥æœ¬": true}
	lines := bufio.NewScanner(bytes.NewReader(readFile(t, testenv.Data(t, "clip-reference", "tokenizer.jsonl"))))
	rows := 0
	for ; lines.Scan(); rows++ {
		var want goldenText
		require.NoError(t, json.Unmarshal(lines.Bytes(), &want))
		got := make([]int64, 77)
		total := tokenizer.Encode(got, want.Text)
		if different[want.Text] {
			require.NotEqual(t, want.IDs, got[:min(total, 77)], want.Text)
			continue
		}
		require.Equal(t, want.Total, total, "%q", want.Text)
		require.Equal(t, want.IDs, got[:min(total, 77)], "%q", want.Text)
		for _, padding := range got[min(total, 77):] {
			require.Zero(t, padding)
		}
	}
	require.NoError(t, lines.Err())
	require.Equal(t, 133, rows)
}

// TestTokenizerOlderReference holds us against the transformers' tokenizer, which repairs nothing: of its rows two
// differ: with a control character, and with tildes of full width.
func TestTokenizerOlderReference(t *testing.T) {
	t.Parallel()
	tokenizer := openCLIPTokenizer(t)
	var golden struct{ Cases []goldenText }
	require.NoError(t, json.Unmarshal(readFile(t, testenv.Data(t, "clip", "clip_tokenizer_golden.json")), &golden))
	require.Len(t, golden.Cases, 27)
	var different []string
	for _, want := range golden.Cases {
		if got := tokenizer.Tokens(want.Text); !slices.Equal(want.IDs, got) {
			different = append(different, want.Name)
		}
	}
	require.Equal(t, []string{"CONTROL_TOKENS", "TILDE_NORMALIZATION"}, different)
}
