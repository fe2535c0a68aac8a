package neonasm

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// generated are the files that are written with this package.
var generated = []string{"../*_arm64.s", "../../../vision/internal/resize/*_arm64.s"}

// TestWords holds every word of every generated file against the disassembler of the Go toolchain.
func TestWords(t *testing.T) {
	t.Parallel()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	require.NoError(t, err)
	include := filepath.Join(strings.TrimSpace(string(root)), "pkg", "include")
	for _, pattern := range generated {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				want := comments(t, file)
				got := disassemble(t, include, file)
				require.NotEmpty(t, want)
				for line, comment := range want {
					require.Equal(t, comment, got[line], "%s:%d", file, line)
				}
			})
		}
	}
}

// TestEveryInstructionIsUsed makes sure that TestWords sees every instruction that this package can write.
func TestEveryInstructionIsUsed(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	operands := regexp.MustCompile(`([vswx])\d+|#\d+`)
	form := func(instruction string) string { return operands.ReplaceAllString(instruction, "$1") }
	for _, pattern := range generated {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			for _, comment := range comments(t, file) {
				used[form(comment)] = true
			}
		}
	}
	f := NewFile("p", "").Func("f", "n int, v float32")
	v, r := f.V(), f.R()
	for _, write := range instructions(f, v, r) {
		write()
	}
	for _, l := range f.lines {
		_, comment, ok := strings.Cut(l.text(func(register) int { return 0 }), "// ")
		require.True(t, !ok || used[form(comment)], "no kernel has %q", comment)
	}
}

func instructions(f *Func, v V, r R) []func() {
	var all []func()
	for _, three := range []func(d, n, m V) V{
		f.FADD, f.FSUB, f.FMUL, f.FDIV, f.FMAX, f.FMIN, f.FMLA, f.FMLS, f.FMLAFirst, f.FCMGT, f.FADDP, f.FMAXP, f.BSL, f.AND,
		f.ORR, f.ADD, f.SUB, f.ADDP, f.MLA, f.MLAFirst, f.TRN1, f.TRN2, f.TRN1D, f.TRN2D,
	} {
		all = append(all, func() { three(v, v, v) })
	}
	for _, two := range []func(d, n V) V{
		f.FSQRT, f.FABS, f.FNEG, f.FMOV, f.First, f.MOV, f.UXTL8, f.UXTL8High, f.UXTL16, f.UXTL16High,
	} {
		all = append(all, func() { two(v, v) })
	}
	for _, shift := range []func(d, n V, shift int) V{f.SHL, f.SSHR, f.SQSHRUN, f.SQSHRUN2, f.UQSHRN, f.UQSHRN2} {
		all = append(all, func() { shift(v, v, 1) })
	}
	return append(all, func() { f.ZERO(v); f.SCVTF(v, r); f.Store4Second(v, r); f.Broadcast("v") })
}

// comments returns the comment of each line with a word.
func comments(t *testing.T, file string) map[int]string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	all := map[int]string{}
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "\tWORD ") {
			_, all[i+1], _ = strings.Cut(line, " // ")
		}
	}
	return all
}

// disassemble returns what the toolchain reads in each line of an assembly file, in the manufacturer's notation.
func disassemble(t *testing.T, include, file string) map[int]string {
	t.Helper()
	object := filepath.Join(t.TempDir(), "object")
	assemble := exec.CommandContext(t.Context(), "go", "tool", "asm", "-p", "p", "-I", include, "-o", object, file)
	assemble.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64")
	out, err := assemble.CombinedOutput()
	require.NoError(t, err, string(out))
	out, err = exec.CommandContext(t.Context(), "go", "tool", "objdump", "-gnu", object).Output()
	require.NoError(t, err)
	all := map[int]string{}
	row := regexp.MustCompile(`^\s+\S+:(\d+)\s.* // (.*\S)`)
	for line := range bytes.Lines(out) {
		if m := row.FindSubmatch(line); m != nil {
			number, err := strconv.Atoi(string(m[1]))
			require.NoError(t, err)
			all[number] = string(m[2])
		}
	}
	return all
}

func TestParams(t *testing.T) {
	t.Parallel()
	params := parseParams("c *float32, ldc, n int, lo, hi float32, accumulate bool, next *float32")
	require.Equal(t, []param{
		{"c", 0, 8}, {"ldc", 8, 8}, {"n", 16, 8}, {"lo", 24, 4}, {"hi", 28, 4}, {"accumulate", 32, 1}, {"next", 40, 8},
	}, params)
	require.Equal(t, 48, argumentBytes(params))
	require.Panics(t, func() { parseParams("s []float32") })
}

// TestAllocate: registers are reused as soon as they are free, and not before a loop that needs them has ended.
func TestAllocate(t *testing.T) {
	t.Parallel()
	f := NewFile("p", "").Func("f", "n int")
	before, kept, after := f.V(), f.V(), f.V()
	f.ZERO(before)
	f.ZERO(kept)
	n := f.Int("n")
	f.Label("loop")
	f.FADD(kept, kept, before)
	inside := f.FADD(f.V(), kept, kept) // before is read in the next round
	f.FADD(kept, kept, inside)
	f.SubsImm(n, 1)
	f.Jump("BNE", "loop")
	f.FADD(after, kept, kept)
	number := allocate(f.lines)
	require.Equal(t, []int{0, 1, 2, 0}, []int{
		number(before.register), number(kept.register), number(inside.register), number(after.register),
	})
	require.Equal(t, 0, number(n.register))

	f = NewFile("p", "").Func("f", "n int")
	vs := f.Vs(33)
	for range 2 {
		for _, v := range vs {
			f.ZERO(v)
		}
	}
	require.PanicsWithValue(t, "neonasm: too many registers at once", func() { allocate(f.lines) })
	f.Jump("B", "nowhere")
	require.PanicsWithValue(t, "neonasm: no label nowhere", func() { allocate(f.lines) })
}
