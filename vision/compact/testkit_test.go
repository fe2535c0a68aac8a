package compact

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeTensor is a tensor for a checkpoint. data is what lies in the storage, in the storage's own order.
type fakeTensor struct {
	name   string
	data   []float32
	offset int
	shape  []int
	stride []int // nil for row-major order
}

// pickleWriter writes pickles of protocol 2 as PyTorch does.
type pickleWriter struct{ bytes.Buffer }

func (w *pickleWriter) op(ops ...byte) *pickleWriter { w.Write(ops); return w }

func (w *pickleWriter) text(s string) *pickleWriter {
	w.WriteByte(opUnicode)
	_ = binary.Write(w, binary.LittleEndian, uint32(len(s)))
	w.WriteString(s)
	return w
}

func (w *pickleWriter) int(n int) *pickleWriter {
	w.WriteByte(opInt4)
	_ = binary.Write(w, binary.LittleEndian, int32(n))
	return w
}

func (w *pickleWriter) global(name string) *pickleWriter {
	w.WriteByte(opGlobal)
	w.WriteString(name)
	return w
}

// ints writes a tuple.
func (w *pickleWriter) ints(values []int) *pickleWriter {
	w.op(opMark)
	for _, v := range values {
		w.int(v)
	}
	return w.op(opTuple)
}

// tensor writes a record; its storage is called key and has count elements.
func (w *pickleWriter) tensor(t fakeTensor, storage, key string, count int) *pickleWriter {
	stride := t.stride
	if stride == nil {
		stride = rowMajor(t.shape)
	}
	w.global("torch._utils\n_rebuild_tensor_v2\n").op(opMark)
	w.op(opMark).text("storage").global("torch\n"+storage+"\n").text(key).text("cpu").int(count).op(opNone, opTuple, opPersistent)
	w.int(t.offset).ints(t.shape).ints(stride).op(opFalse)
	return w.global("collections\nOrderedDict\n").op(opEmptyTuple, opReduce, opTuple, opReduce)
}

func rowMajor(shape []int) []int {
	stride := make([]int, len(shape))
	n := 1
	for i := len(shape) - 1; i >= 0; i-- {
		stride[i] = n
		n *= shape[i]
	}
	return stride
}

// fakeHead writes what precedes the tensors.
func fakeHead() *pickleWriter {
	w := new(pickleWriter)
	w.WriteString(checkpointMagic)
	return w.op(opProto, 2, opEmptyDict, opMark).text("little_endian").op(opTrue, opSetItems, opStop)
}

// fakeCheckpoint writes a whole file, with an int64 tensor and attributes thrown in as the real one has.
func fakeCheckpoint(tensors ...fakeTensor) []byte {
	w := fakeHead()
	w.op(opProto, 2).global("collections\nOrderedDict\n").op(opPut, 0, opEmptyTuple, opReduce, opPut, 1, opMark)
	w.text("steps").tensor(fakeTensor{}, "LongStorage", "steps", 1)
	for i, t := range tensors {
		w.text(t.name).tensor(t, "FloatStorage", strconv.Itoa(i), len(t.data))
	}
	w.op(opSetItems, opEmptyDict).text("_metadata").op(opGet, 1, opSetItem, opBuild, opStop)
	w.op(opProto, 2, opEmptyList, opMark).text("steps")
	for i := range tensors {
		w.text(strconv.Itoa(i))
	}
	w.op(opAppends, opStop)
	_ = binary.Write(w, binary.LittleEndian, []int64{1, 12345})
	for _, t := range tensors {
		_ = binary.Write(w, binary.LittleEndian, int64(len(t.data)))
		_ = binary.Write(w, binary.LittleEndian, t.data)
	}
	return w.Bytes()
}

// fakeNetwork returns all tensors of the network with numbers of about the real size. Those of convolutions are permuted
// as the real ones are: kernel, input, output in the storage, from TensorFlow.
func fakeNetwork() []fakeTensor {
	rng := rand.New(rand.NewPCG(3, 5))
	values := func(n int, centre, spread float64) []float32 {
		data := make([]float32, n)
		for i := range data {
			data[i] = float32(centre + float64(spread*(float64(rng.Uint32())/(1<<31)-1)))
		}
		return data
	}
	var tensors []fakeTensor
	add := func(c conv) {
		shape := c.shape()
		n := shape[0] * shape[1] * shape[2] * shape[3]
		tensors = append(tensors, fakeTensor{
			name: c.weight, data: values(n, 0, 1/math.Sqrt(float64(n/c.out))), shape: shape,
			stride: []int{1, shape[0], shape[0] * shape[1] * shape[3], shape[0] * shape[1]},
		})
		for _, field := range []string{"weight", "bias", "running_mean"} {
			tensors = append(tensors, fakeTensor{name: c.norm + "." + field, data: values(c.out, .5, .5), shape: []int{c.out}})
		}
		tensors = append(tensors, fakeTensor{
			name: c.norm + ".running_var", data: values(c.out, 1, .9), shape: []int{c.out},
		})
	}
	net := lite0()
	add(net.stem)
	for _, b := range net.blocks {
		for _, c := range b.convs {
			add(c)
		}
	}
	add(net.head)
	return append(tensors,
		fakeTensor{name: "_fc.weight", data: values(classes*headChannels, 0, .03), shape: []int{classes, headChannels}},
		fakeTensor{name: "_fc.bias", data: values(classes, 0, .1), shape: []int{classes}},
	)
}

// fakeFile is the checkpoint of fakeNetwork, made once: 18 MB. Nobody changes it.
var fakeFile = sync.OnceValue(func() []byte { return fakeCheckpoint(fakeNetwork()...) })

// edit returns the tensors with the one of that name changed.
func edit(tensors []fakeTensor, name string, change func(*fakeTensor)) []fakeTensor {
	tensors = slices.Clone(tensors)
	for i := range tensors {
		if tensors[i].name == name {
			tensors[i].data = slices.Clone(tensors[i].data)
			change(&tensors[i])
			return tensors
		}
	}
	panic(fmt.Sprintf("no tensor %q", name))
}

func open(t *testing.T, data []byte) *checkpoint {
	t.Helper()
	c, err := openCheckpoint(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	return c
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
