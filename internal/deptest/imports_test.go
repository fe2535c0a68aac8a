package deptest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/soundtrack-go/sdk/"

// rooms are the packages in the order of the house: one may import those before it and nothing after it.
var rooms = []string{"vision", "tagging", "catalog", "match", "soundtrack", "server"}

// homes lists imports that only some folders may have. Tests may import anything.
var homes = []struct {
	imports string   // prefix of an import path
	folders []string // prefixes of folders that may import it
}{
	{"C", []string{"vision/ort", "vision/internal/turbojpeg"}},
	{"github.com/yalue/onnxruntime_go", []string{"vision/ort"}},
	{"github.com/jackc/pgx", []string{"catalog/postgres"}},
	{"modernc.org/sqlite", []string{"catalog/sqlite"}},
	{"connectrpc.com/", []string{"server"}},
	{"google.golang.org/grpc", []string{}},
	{"google.golang.org/protobuf", []string{"server", "vision/internal/onnxfile", "vision/onnx"}},
	{"github.com/prometheus/", []string{"server"}},
	{"github.com/alecthomas/kong", []string{"server/cmd"}},
	{"github.com/vbauerster/mpb", []string{"server/cmd"}},
	{"gonum.org/v1/plot", []string{"soundtrack/evaluate"}},
	{"github.com/stretchr/testify", []string{"vision/visiontest", "tagging/taggingtest", "catalog/catalogtest", "internal/testenv"}},
	{"testing", []string{"vision/visiontest", "tagging/taggingtest", "catalog/catalogtest", "internal/testenv", "server/page/browsertest"}},
	{"net/http", []string{"vision/modelhub", "catalog/source", "catalog/preview", "tagging/llm", "match/mlflow", "server", "examples", "bench"}},
}

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath string
	Imports    []string
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := room(p.ImportPath)
		if from < 0 {
			continue // internal, bench and examples are not rooms
		}
		for _, path := range p.Imports {
			require.LessOrEqualf(t, room(path), from, "%s must not import %s", p.ImportPath, path)
		}
	}
}

func TestImportsHaveHomes(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		folder := strings.TrimPrefix(p.ImportPath, module)
		for _, path := range p.Imports {
			for _, home := range homes {
				if !hasPathPrefix(path, home.imports) {
					continue
				}
				allowed := slices.ContainsFunc(home.folders, func(f string) bool { return hasPathPrefix(folder, f) })
				require.Truef(t, allowed, "%s must not import %s", p.ImportPath, path)
			}
		}
	}
}

func TestNothingIsCalledUtil(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for name := range strings.SplitSeq(strings.TrimPrefix(p.ImportPath, module), "/") {
			require.NotContains(t, []string{"util", "utils", "common", "helpers", "types", "misc"}, name, p.ImportPath)
		}
	}
}

// The rules would pass on an empty list, so the list itself is checked.
func TestEveryRoomIsSeen(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for _, p := range packages(t) {
		seen[room(p.ImportPath)] = true
	}
	for i, name := range rooms {
		require.True(t, seen[i], name)
	}
}

// packages lists the module's packages with the imports of their non-test files.
func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"...").Output()
	require.NoError(t, err)
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			require.NoError(t, err)
		}
		all = append(all, p)
	}
}

// room is the index of the room that a package belongs to, -1 if none.
func room(path string) int {
	folder, ours := strings.CutPrefix(path, module)
	if !ours {
		return -1
	}
	return slices.IndexFunc(rooms, func(r string) bool { return hasPathPrefix(folder, r) })
}

func hasPathPrefix(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, strings.TrimSuffix(prefix, "/")+"/")
}
