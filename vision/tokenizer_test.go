package vision_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
)

// tinyMerges is a vocabulary of ten merges: symbols 512 to 521.
const tinyMerges = "#version: 0.2\nt h\nth e</w>\na t</w>\nc at</w>\na a\naa a</w>\nĠ b\no n\non e</w>\ni c\n"

func tinyTokenizer(t testing.TB) *vision.Tokenizer {
	t.Helper()
	tokenizer, err := vision.NewTokenizer(strings.NewReader(tinyMerges))
	require.NoError(t, err)
	return tokenizer
}

// Symbols of bytes within a word: those that print come first.
func sym(c byte) int64    { return int64(c - '!') }
func symEnd(c byte) int64 { return sym(c) + 256 }

func TestTokenizerMerges(t *testing.T) {
	t.Parallel()
	tokenizer := tinyTokenizer(t)
	require.Equal(t, 524, tokenizer.Size())
	require.EqualValues(t, 522, tokenizer.Start())
	require.EqualValues(t, 523, tokenizer.End())
	for text, want := range map[string][]int64{
		"":          nil,
		" \n\t":     nil,
		"the":       {513},
		"The  CAT":  {513, 515},
		"th":        {sym('t'), symEnd('h')},
		"that":      {512, 514},
		"aaa":       {517},
		"aaaa":      {516, sym('a'), symEnd('a')},
		"aaaaa":     {516, 517},
		"one1one":   {520, symEnd('1'), 520},
		"cat's":     {515, sym('\''), symEnd('s')},
		"'ssh":      {sym('\''), symEnd('s'), sym('s'), symEnd('h')},
		"x'y":       {symEnd('x'), symEnd('\''), symEnd('y')},
		"!?'s":      {sym('!'), sym('?'), symEnd('\''), symEnd('s')},
		"12":        {symEnd('1'), symEnd('2')},
		"\u00ad":    {126, 511}, // bytes C2 and AD, of which the latter is the last that does not print
		"\u0345":    nil,        // no class of the reference's pattern has it
		"a\u0345at": {symEnd('a'), 514},
	} {
		require.Equal(t, slices.Concat([]int64{522}, want, []int64{523}), tokenizer.Tokens(text), "%q", text)
	}
}

// TestTokenizerCleaning compares texts by their tokens. What is equal was read from ftfy 6.3 and Python 3.11.
func TestTokenizerCleaning(t *testing.T) {
	t.Parallel()
	tokenizer := tinyTokenizer(t)
	for _, c := range []struct{ name, text, same string }{
		{"entity", "caf&eacute;", "café"},
		{"entity twice", "&amp;lt;b", "<b"},
		{"entity many times", "&" + strings.Repeat("amp;", 20) + "lt;b", "<b"},
		{"entity in capitals", "P&EACUTE;REZ &SZLIG;", "PÉREZ ss"},
		{"entity in capitals is ambiguous", "&AMPLE; &COPYING;", "& le ; ©ing;"},
		{"entity without semicolon", "&copy 2026 &ampnosemi", "© 2026 &nosemi"},
		{"entity that Go lacks", "&nGt;&nLt;", "≫⃒≪⃒"},
		{"entity of a semicolon", "x&semi;y&#59;&amp&semi;lt&#59;", "x;y;<;"},
		{"entity in HTML", "<b>x&eacute; y&EACUTE;", "<b> xé y & eacute ;"},
		{"entity before and after HTML", "&EACUTE;\n<b>\n&EACUTE;", "é <b> & eacute ;"},
		{"number", "&#233;&#xe9;&#XE9;&#233 x", "ééé\u00e9 x"},
		{"number is none", "&#; &#x; &#xg; &", "&#; &# x ; &# xg ; &"},
		{"number of Windows", "<&#128;&#x99;", "<€™"},
		{"number of nothing", "a&#1;&#xfdd0;&#x1ffff;b", "ab"},
		{"number of a surrogate", "&#xd800;&#0;&#x110000;&#18446744073709551681;", "����"},
		{"terminal", "esc\x1b[31;1mred\x1b[0m", "escred"},
		{"terminal, cut", "esc\x1b[31", "esc[31"},
		{"terminal, digits of another script", "\x1b[٣mred", "red"},
		{"terminal, twice", "\x1b[\x1b[0m31mred", "[31mred"},
		{"ligatures", "ﬁne ﬂow oﬃce ﬆ", "fine flow office st"},
		{"digraphs", "Ǆungla ĳs ŉ", "džungla ijs 'n"},
		{"full width", "ＡＢＣ\u3000ａｂｃ！", "abc abc!"},
		{"half width", "ｶﾀｶﾅ", "カタカナ"},
		{"quotes", "‘it’s’ “so” ʼn", `'it's' "so" 'n`},
		{"quotes that stay", "‹x› «y»", "‹ x › « y »"},
		{"line breaks", "a\r\nb\rc\u2028d\u2029e", "a b c d e"},
		{"C1 controls are Windows'", "wait\u0085 \u0091x\u0092 \u0081", "wait… 'x' \u0081"},
		{"controls", "a\x00b\x0bc\x7fd\x1ce", "abcde"},
		{"controls that hide an entity", "&am\x01p;lt;", "<"},
		{"marks that no text has", "\ufeffbom\ufffc\u206a\ufff9", "bom"},
		{"joiners stay", "a\u200db", "a \u200d b"},
		{"NFC", "cafe\u0301", "café"},
		{"white space", "\u00a0 two \u2003  spaces\f", "two spaces"},
		{"lower case", "ÀÉ İ", "àé i̇"},
		{"final sigma", "ΟΔΟΣ ΟΔΟΣ. ΣΑΣ Σ ΑΣ' ΑΣ'Α 1Σ", "οδος οδος. σας σ ας' ασ'α 1σ"},
		{"invalid UTF-8", "a\xff\xfeb\xed\xa0\x80", "a�b�"},
		{"special strings are text", "<START_OF_TEXT>", "< start _ of _ text >"},
		{"special strings are text", "<|endoftext|>", "<| endoftext |>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tokenizer.Tokens(c.same), tokenizer.Tokens(c.text), "%q", c.text)
			require.Positive(t, len(tokenizer.Tokens(c.text))-2)
			for _, id := range tokenizer.Tokens(c.text)[1 : len(tokenizer.Tokens(c.text))-1] {
				require.Less(t, id, tokenizer.Start())
			}
		})
	}
}

func TestTokenizerEncode(t *testing.T) {
	t.Parallel()
	tokenizer := tinyTokenizer(t)
	for _, c := range []struct {
		length, total int
		want          []int64
	}{
		{0, 5, []int64{}},
		{1, 5, []int64{-1}},
		{2, 5, []int64{522, 523}},
		{3, 5, []int64{522, 513, 523}},
		{4, 5, []int64{522, 513, 515, 523}},
		{5, 5, []int64{522, 513, 515, 513, 523}},
		{7, 5, []int64{522, 513, 515, 513, 523, 0, 0}},
	} {
		dst := slices.Repeat([]int64{-1}, c.length)
		require.Equal(t, c.total, tokenizer.Encode(dst, "the cat the"))
		require.Equal(t, c.want, dst)
	}
}

func TestTokenizerLooksAtSoMuch(t *testing.T) {
	t.Parallel()
	tokenizer := tinyTokenizer(t)
	full := strings.Repeat("1", vision.MaxTextBytes)
	require.Len(t, tokenizer.Tokens(full+"cat"), vision.MaxTextBytes+2)
	require.Equal(t, tokenizer.Tokens("cat"), tokenizer.Tokens(strings.Repeat(" \n", vision.MaxTextBytes)+"cat"))
	// A character is never cut.
	for i := range 4 {
		got := tokenizer.Tokens(strings.Repeat("1", i) + strings.Repeat("😀", vision.MaxTextBytes))
		whole := (vision.MaxTextBytes - i) / 4
		require.Len(t, got, 2+i+4*whole)
	}
	// Texts made to be slow: the time is bounded, the test would hang.
	for _, hostile := range []string{"&amp;amp;", "amp;", "e\u0301\u0327", "\x1b[", "&#", "Σ'", "a", "ab", "&" + strings.Repeat("a", 100)} {
		tokenizer.Tokens("&" + strings.Repeat(hostile, vision.MaxTextBytes))
	}
}

func TestTokenizerConcurrent(t *testing.T) {
	t.Parallel()
	tokenizer := tinyTokenizer(t)
	want := tokenizer.Tokens("the caf&eacute; “cat”")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				require.Equal(t, want, tokenizer.Tokens("the caf&eacute; “cat”"))
			}
		})
	}
	wg.Wait()
}

func TestNewTokenizerRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file, message string
		line                int
	}{
		{"empty", "", "no merges", 1},
		{"only a comment", "#version: 0.2\n", "no merges", 2},
		{"web page", "<!doctype html>\n<html>", "want a comment", 1},
		{"no comment", "t h\nth e</w>\n", "want a comment", 1},
		{"one symbol", "#version: 0.2\nt h\nthe\n", "two symbols", 3},
		{"three symbols", "#version: 0.2\nt h e\n", `"h e" is not a symbol`, 2},
		{"unknown half", "#version: 0.2\nth e</w>\n", `"th"`, 2},
		{"unknown byte", "#version: 0.2\nt 世\n", `"世"`, 2},
		{"invalid UTF-8", "#version: 0.2\nt \xff\n", `"\xff"`, 2},
		{"end of a word first", "#version: 0.2\nt</w> h\n", "may begin", 2},
		{"twice", "#version: 0.2\nt h\nt h\n", "second time", 3},
		{"two ways to one symbol", "#version: 0.2\na b\nb c\nab c\na bc\n", `"abc" is made a second time`, 5},
		{"blank line", "#version: 0.2\nt h\n\nc a\n", "blank", 4},
		{"long line", "#version: 0.2\nt " + strings.Repeat("h", 2000), "longer", 2},
		{"zeros", string(make([]byte, 5000)), "longer", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := vision.NewTokenizer(strings.NewReader(c.file))
			require.ErrorIs(t, err, vision.ErrModel)
			var bad *vision.VocabularyError
			require.ErrorAs(t, err, &bad)
			require.ErrorContains(t, err, c.message)
			require.Equal(t, c.line, bad.Line)
		})
	}
	broken := errors.New("broken")
	_, err := vision.NewTokenizer(iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
	require.NotErrorIs(t, err, vision.ErrModel)
}

// Windows' line ends and a last line without one are read, as the reference does.
func TestNewTokenizerLineEnds(t *testing.T) {
	t.Parallel()
	tokenizer, err := vision.NewTokenizer(strings.NewReader(strings.TrimSpace(strings.ReplaceAll(tinyMerges, "\n", "\r\n"))))
	require.NoError(t, err)
	require.Equal(t, 524, tokenizer.Size())
}

// TestNewTokenizerReadsSoMany shows that merges beyond the reference's count do not, and are not even read.
func TestNewTokenizerReadsSoMany(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	file.WriteString("#version: 0.2\n")
	// All pairs of 256 bytes, of which the first 48,894 count.
	var names []string
	for b := range 256 {
		if b >= '!' && b <= '~' || b >= 0xa1 && b != 0xad {
			names = append(names, string(rune(b)))
		}
	}
	for other := 0; len(names) < 256; other++ {
		names = append(names, string(rune(0x100+other)))
	}
	n := 0
	for _, a := range names {
		for _, b := range names {
			if n++; n <= 48_894 {
				fmt.Fprintf(&file, "%s %s\n", a, b)
			}
		}
	}
	rest := io.MultiReader(&file, strings.NewReader("not a merge"))
	tokenizer, err := vision.NewTokenizer(rest)
	require.NoError(t, err)
	require.Equal(t, 49_408, tokenizer.Size())
}

// FuzzTokenizer holds the merging against the reference's own algorithm, written down on strings, and checks what every text
// keeps to.
func FuzzTokenizer(f *testing.F) {
	for _, text := range []string{"the cat", "aaaaaaa", "one1 the&amp;amp;", "\x1b[0m\xff", "ΣΑΣ' ﬁ", "&#x;&NTILDE;<b>", "thththe"} {
		f.Add(text)
	}
	tokenizer := tinyTokenizer(f)
	f.Fuzz(func(t *testing.T, text string) {
		tokens := tokenizer.Tokens(text)
		require.Equal(t, tokenizer.Start(), tokens[0])
		require.Equal(t, tokenizer.End(), tokens[len(tokens)-1])
		for _, id := range tokens[1 : len(tokens)-1] {
			require.True(t, id >= 0 && id < tokenizer.Start())
		}
		dst := make([]int64, 16)
		require.Equal(t, len(tokens), tokenizer.Encode(dst, text))
		require.Equal(t, tokens[:min(15, len(tokens)-1)], dst[:min(15, len(tokens)-1)])

		letters := strings.Map(func(r rune) rune { // what cleaning and splitting leave alone
			if r >= 'a' && r <= 'z' {
				return r
			}
			return -1
		}, strings.ToLower(text))
		if letters != "" && len(letters) <= vision.MaxTextBytes {
			require.Equal(t, slowMerge(letters), tokenizer.Tokens(letters)[1:len(tokenizer.Tokens(letters))-1])
		}
	})
}

// slowMerge is the reference's bpe: while there are pairs that merge, merge the one of the lowest rank everywhere.
func slowMerge(letters string) []int64 {
	ranks, ids := map[string]int{}, map[string]int64{}
	for rank, line := range strings.Split(strings.TrimSpace(tinyMerges), "\n")[1:] {
		ranks[line] = rank
		ids[strings.Replace(line, " ", "", 1)] = int64(512 + rank)
	}
	symbols := strings.Split(letters, "")
	symbols[len(symbols)-1] += "</w>"
	for {
		best, at := math.MaxInt, 0
		for i := 0; i+1 < len(symbols); i++ {
			if rank, ok := ranks[symbols[i]+" "+symbols[i+1]]; ok && rank < best {
				best, at = rank, i
			}
		}
		if best == math.MaxInt {
			break
		}
		a, b := symbols[at], symbols[at+1]
		var next []string
		for i := 0; i < len(symbols); i++ {
			if i+1 < len(symbols) && symbols[i] == a && symbols[i+1] == b {
				next = append(next, a+b)
				i++
			} else {
				next = append(next, symbols[i])
			}
		}
		symbols = next
	}
	out := make([]int64, len(symbols))
	for i, s := range symbols {
		if id, ok := ids[s]; ok {
			out[i] = id
		} else if byteName, last := strings.CutSuffix(s, "</w>"); last {
			out[i] = symEnd(byteName[0])
		} else {
			out[i] = sym(s[0])
		}
	}
	return out
}

func FuzzNewTokenizer(f *testing.F) {
	f.Add(tinyMerges)
	f.Add("#version\nt</w> h</w>")
	f.Fuzz(func(t *testing.T, file string) {
		tokenizer, err := vision.NewTokenizer(strings.NewReader(file))
		if err != nil {
			require.ErrorIs(t, err, vision.ErrModel)
			return
		}
		require.Greater(t, tokenizer.Size(), 514)
		require.Equal(t, tokenizer.End(), tokenizer.Tokens("the cat")[len(tokenizer.Tokens("the cat"))-1])
	})
}

func BenchmarkNewTokenizer(b *testing.B) {
	file := unzip(b, testenv.Data(b, "clip", "bpe_simple_vocab_16e6.txt.gz"))
	b.ReportAllocs()
	for b.Loop() {
		_, err := vision.NewTokenizer(bytes.NewReader(file))
		require.NoError(b, err)
	}
}

func BenchmarkTokenizer(b *testing.B) {
	tokenizer := openCLIPTokenizer(b)
	for _, c := range []struct{ name, text string }{
		{"prompt", "a photo of a cat sitting on a window sill."},
		{"caption", "Two kids in swimsuits jump off a wooden pier into a lake at sunset, their friends (all of them!) watch, " +
			"and somebody's dog – a brown one – can't decide whether to follow; it's the 3rd of July."},
		{"japanese", "東京タワーの夜景、雨に濡れた道路に街の灯りが反射している"},
		{"entities", "Caf&eacute; &amp; bar &mdash; &ldquo;open&rdquo; &#128512;"},
	} {
		b.Run("text="+c.name, func(b *testing.B) {
			dst := make([]int64, 77)
			b.ReportAllocs()
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				tokenizer.Encode(dst, c.text)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
		})
	}
}
