// Command concepts reviews the vocabulary: the concepts of each kind, how well the two passes over their affects agree, and
// pairs that may be one concept. It exits with 1 if there are such pairs. Run it from the folder tagging:
//
//	go run ./gen/concepts [-file concepts.csv]
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/internal/vocabreview"
)

func main() {
	path := flag.String("file", "concepts.csv", "concept file to review")
	flag.Parse()
	duplicates, err := run(os.Stdout, *path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "concepts:", err)
	}
	if err != nil || duplicates > 0 {
		os.Exit(1)
	}
}

func run(out io.Writer, path string) (duplicates int, err error) {
	file, err := os.Open(path) //nolint:gosec // who runs the command names the file
	if err != nil {
		return 0, err
	}
	defer file.Close()
	vocabulary, err := tagging.ReadVocabulary(file)
	if err != nil {
		return 0, err
	}
	concepts := vocabulary.Concepts()
	fmt.Fprintf(out, "%-12s %5s  %7s %12s %10s  %7s %7s\n", "kind", "count", "valence", "from … to", "below 0", "arousal", "spread")
	for _, s := range vocabreview.ByKind(concepts) {
		fmt.Fprintf(out, "%-12s %5d  %+7.2f %+5.2f … %+.2f %8.0f %%  %+7.2f %7.2f\n",
			s.Kind, s.Count, s.Valence, s.LeastValence, s.LargestValence, 100*s.Unpleasant, s.Arousal, s.Spread)
	}
	valence, arousal := vocabreview.Agreements(concepts)
	fmt.Fprintf(out, "\n%d concepts; the passes agree with r = %.3f for valence and %.3f for arousal, %.3f and %.3f apart\n",
		len(concepts), valence.Correlation, arousal.Correlation, valence.Difference, arousal.Difference)
	pairs := vocabreview.NearDuplicates(concepts)
	fmt.Fprintf(out, "\n%d near-duplicates that are neither linked nor in apart.txt\n", len(pairs))
	for _, pair := range pairs {
		fmt.Fprintln(out, " ", pair)
	}
	return len(pairs), nil
}
