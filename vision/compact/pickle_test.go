package compact

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHostilePicklesAreRefused(t *testing.T) {
	t.Parallel()
	// Each is put where the tensors belong.
	type w = pickleWriter
	rows := []struct {
		name  string
		write func(w *w)
		want  string
	}{
		{"os.system", func(w *w) {
			w.global("os\nsystem\n").op(opMark).text("id").op(opTuple, opReduce)
		}, `the name "os.system" is refused`},
		{"posix.system", func(w *w) { w.global("posix\nsystem\n") }, "is refused"},
		{"eval", func(w *w) { w.global("builtins\neval\n") }, "is refused"},
		{"a name that looks right", func(w *w) { w.global("torch._utils._rebuild_tensor_v2\n\n") }, "is refused"},
		{"a dotted name", func(w *w) { w.global("collections\nOrderedDict.__reduce__\n") }, "is refused"},
		{"an old tensor", func(w *w) { w.global("torch._utils\n_rebuild_tensor\n") }, "is refused"},
		{"half precision", func(w *w) { w.global("torch\nHalfStorage\n") }, "is refused"},
		{"a long name", func(w *w) { w.global(strings.Repeat("a", 100_000) + "\nb\n") }, "is refused"},
		{"a name without end", func(w *w) { w.global("torch") }, "in the middle of a name"},
		{"INST", func(w *w) { w.op(opMark, 'i').WriteString("os\nsystem\n") }, "opcode 0x69 is refused"},
		{"OBJ", func(w *w) { w.op(opMark, 'o') }, "opcode 0x6f is refused"},
		{"NEWOBJ", func(w *w) { w.op(0x81) }, "opcode 0x81 is refused"},
		{"STACK_GLOBAL", func(w *w) { w.text("os").text("system").op(0x93) }, "opcode 0x93 is refused"},
		{"EXT1", func(w *w) { w.op(0x82, 1) }, "opcode 0x82 is refused"},
		{"INT", func(w *w) { w.op('I', '1', '\n') }, "opcode 0x49 is refused"},
		{"PERSID", func(w *w) { w.op('P', '1', '\n') }, "opcode 0x50 is refused"},
		{"LONG4", func(w *w) { w.op(0x8b, 0xff, 0xff, 0xff, 0x7f) }, "opcode 0x8b is refused"},
		{"FRAME", func(w *w) { w.op(0x95) }, "opcode 0x95 is refused"},
		{"POP", func(w *w) { w.op(opNone, '0') }, "opcode 0x30 is refused"},
		{"DUP", func(w *w) { w.op(opNone, '2') }, "opcode 0x32 is refused"},

		{"a call of text", func(w *w) { w.text("x").op(opEmptyTuple, opReduce) }, "no function"},
		{"a call of a storage type", func(w *w) { w.global("torch\nFloatStorage\n").op(opEmptyTuple, opReduce) }, "no function"},
		{"a call without a tuple", func(w *w) { w.global("collections\nOrderedDict\n").op(opNone, opReduce) }, "without arguments"},
		{"a dict with arguments", func(w *w) {
			w.global("collections\nOrderedDict\n").op(opNone, opTuple1, opReduce)
		}, "with arguments"},
		{"a tensor of nothing", func(w *w) {
			w.global("torch._utils\n_rebuild_tensor_v2\n").op(opEmptyTuple, opReduce)
		}, "six fields"},
		{"a tensor of text", func(w *w) {
			w.global("torch._utils\n_rebuild_tensor_v2\n").op(opMark).text("").text("").text("").text("").text("").text("").op(opTuple, opReduce)
		}, "wrong type"},
		{"a parameter of text", func(w *w) {
			w.global("torch._utils\n_rebuild_parameter\n").text("").op(opTrue, opNone, opTuple3, opReduce)
		}, "without a tensor"},
		{"a storage of text", func(w *w) { w.text("storage").op(opPersistent) }, "six fields"},
		{"a storage of another type", func(w *w) {
			w.op(opMark).text("storage").global("collections\nOrderedDict\n").text("1").text("cpu").int(1).op(opNone, opTuple, opPersistent)
		}, "no storage type"},
		{"a storage with a view", func(w *w) {
			w.op(opMark).text("storage").global("torch\nFloatStorage\n").text("1").text("cpu").int(1).op(opTrue, opTuple, opPersistent)
		}, "wrong type"},
		{"a negative storage", func(w *w) {
			w.op(opMark).text("storage").global("torch\nFloatStorage\n").text("1").text("cpu").int(-1).op(opNone, opTuple, opPersistent)
		}, "out of range"},
		{"attributes of a list", func(w *w) { w.op(opEmptyList, opEmptyDict, opBuild) }, "no dict"},
		{"attributes of nothing", func(w *w) { w.op(opEmptyDict, opBuild) }, "without an object"},

		{"stack underflow", func(w *w) { w.op(opTuple1) }, "more values than there are"},
		{"underflow through a mark", func(w *w) { w.op(opNone, opMark, opTuple1) }, "more values than there are"},
		{"tuple without mark", func(w *w) { w.op(opTuple) }, "mark is missing"},
		{"items without list", func(w *w) { w.op(opMark, opNone, opAppends) }, "without a list"},
		{"items for none", func(w *w) { w.op(opNone, opMark, opNone, opAppends) }, "no list"},
		{"item for none", func(w *w) { w.op(opNone, opNone, opAppend) }, "no list"},
		{"odd items", func(w *w) { w.op(opEmptyDict, opMark).text("k").op(opSetItems) }, "key without a value"},
		{"items without dict", func(w *w) { w.op(opMark).text("k").op(opNone, opSetItems) }, "without a dict"},
		{"dict as key", func(w *w) { w.op(opEmptyDict, opEmptyDict, opNone, opSetItem) }, "no text"},
		{"key twice", func(w *w) {
			w.op(opEmptyDict).text("k").op(opNone, opSetItem).text("k").op(opNone, opSetItem)
		}, "twice"},
		{"empty memo", func(w *w) { w.op(opGet, 7) }, "memo 7 is empty"},
		{"nothing to remember", func(w *w) { w.op(opLongPut, 1, 2, 3, 4) }, "nothing to remember"},
		{"two results", func(w *w) { w.op(opNone, opNone) }, "ends with 2 values"},
		{"open mark", func(w *w) { w.op(opNone, opMark) }, "ends with"},
		{"no result", func(w *w) {}, "ends with 0 values"},
		{"vast text", func(w *w) { w.op(opUnicode, 0xff, 0xff, 0xff, 0xff) }, "longer than the file"},
		{"text past the end", func(w *w) { w.text("twenty bytes and more"); w.Truncate(w.Len() - 5) }, "in the middle of a pickle"},
		{"number past the end", func(w *w) { w.op(opInt4, 1) }, "in the middle of a pickle"},
		{"a number as result", func(w *w) { w.int(1) }, "not a dict of tensors"},
		{"a dict of numbers", func(w *w) { w.op(opEmptyDict).text("k").int(1).op(opSetItem) }, "is no tensor"},
		{"a dict that holds itself", func(w *w) {
			w.op(opEmptyDict, opPut, 0).text("k").op(opGet, 0, opSetItem)
		}, "is no tensor"},
		{"one storage with two sizes", func(w *w) {
			w.op(opEmptyDict)
			w.text("a").tensor(fakeTensor{shape: []int{1}}, "FloatStorage", "s", 1).op(opSetItem)
			w.text("b").tensor(fakeTensor{shape: []int{1}}, "FloatStorage", "s", 2).op(opSetItem)
		}, "described twice"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := fakeHead().op(opProto, 2)
			row.write(p)
			p.op(opStop)
			_, err := openCheckpoint(bytes.NewReader(p.Bytes()), int64(p.Len()))
			require.ErrorIs(t, err, ErrCheckpoint)
			require.ErrorContains(t, err, row.want)
			require.Less(t, len(err.Error()), 300, "texts of the file are cut")
		})
	}
}

func TestOtherProtocolsAreRefused(t *testing.T) {
	t.Parallel()
	for _, version := range []byte{0, 1, 3, 4, 5} {
		p := fakeHead().op(opProto, version, opEmptyDict, opStop)
		_, err := openCheckpoint(bytes.NewReader(p.Bytes()), int64(p.Len()))
		require.ErrorContains(t, err, "protocol 2")
	}
}

func TestParametersAreTensors(t *testing.T) {
	t.Parallel()
	p := &pickleReader{data: new(pickleWriter).op(opProto, 2).global("torch._utils\n_rebuild_parameter\n").
		tensor(fakeTensor{shape: []int{2}}, "FloatStorage", "s", 2).op(opTrue, opNone, opTuple3, opReduce, opStop).Bytes()}
	value, err := p.next()
	require.NoError(t, err)
	require.Equal(t, []int{2}, value.(*tensorRef).shape)
}

// What a pickle can make the reader allocate is a small multiple of its length.
func TestPicklesDoNotAmplify(t *testing.T) { // not parallel: it measures
	p := fakeHead().op(opProto, 2)
	for p.Len() < maxPickles/2 {
		p.op(opEmptyDict, opEmptyList)
	}
	p.op(opEmptyTuple, opPut, 0)
	for p.Len() < maxPickles-100 {
		p.op(opGet, 0, opTuple2, opPut, 0) // doubles, if it were copied
		p.op(opGet, 0)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := openCheckpoint(bytes.NewReader(p.Bytes()), int64(p.Len()))
	runtime.ReadMemStats(&after)
	require.ErrorIs(t, err, ErrCheckpoint)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20))
}

func FuzzCheckpoint(f *testing.F) {
	good := fakeCheckpoint(
		fakeTensor{name: "x", data: []float32{1, 2, 3, 4}, shape: []int{2, 2}, stride: []int{1, 2}},
		fakeTensor{name: "y", data: []float32{1, 2, 3, 4}, offset: 2, shape: []int{2}},
	)
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add(fakeHead().Bytes())
	f.Add([]byte(checkpointMagic + "\x80\x02cos\nsystem\n(X\x02\x00\x00\x00idtR."))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := openCheckpoint(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			require.ErrorIs(t, err, ErrCheckpoint)
			return
		}
		for name, tensor := range c.tensors {
			n := 1
			for _, d := range tensor.shape {
				if n *= d; n > 1<<20 {
					break
				}
			}
			if n > 1<<20 { // repeated elements; Convert asks for known shapes only
				continue
			}
			if _, err := c.float32s(t.Context(), name, tensor.shape...); err != nil {
				require.ErrorIs(t, err, ErrCheckpoint)
			}
		}
	})
}
