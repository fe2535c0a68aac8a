package llm

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// Waiting, resting and budgets, on a clock that the tests turn.

// scripted is a service without a network, so that time can be turned. It notes when it is called.
type scripted struct {
	mu     sync.Mutex
	calls  []time.Time
	answer func(call int) *http.Response // nil hangs
	takes  time.Duration                 // before it answers
}

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.calls = append(s.calls, time.Now())
	answer := s.answer(len(s.calls))
	s.mu.Unlock()
	if answer == nil {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if err := sleep(r.Context(), s.takes); err != nil {
		return nil, err
	}
	return answer, nil
}

func (s *scripted) client(t *testing.T, options ...Option) *Client {
	t.Helper()
	return newClient(t, Ollama, append([]Option{WithHTTPClient(&http.Client{Transport: s})}, options...)...)
}

func response(code int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func fine() *http.Response { return response(200, completionOf(`{}`)) }

// always gives the same answer to every call.
func always(make func() *http.Response) *scripted {
	return &scripted{answer: func(int) *http.Response { return make() }}
}

// first gives the answers in turn, then good ones.
func first(answers ...func() *http.Response) *scripted {
	return &scripted{answer: func(call int) *http.Response {
		if call <= len(answers) {
			return answers[call-1]()
		}
		return fine()
	}}
}

func code(code int, headers ...string) func() *http.Response {
	return func() *http.Response { return response(code, `{"message":"no"}`, headers...) }
}

func in(wait time.Duration) string { return time.Now().Add(wait).UTC().Format(http.TimeFormat) }

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		header func() string
		status int
		want   time.Duration
	}{
		"seconds":        {func() string { return "7" }, 429, 7 * time.Second},
		"date":           {func() string { return in(9 * time.Second) }, 429, 9 * time.Second},
		"503 with date":  {func() string { return in(20 * time.Second) }, 503, 20 * time.Second},
		"longest waited": {func() string { return "20" }, 500, 20 * time.Second},
		"a fraction":     {func() string { return "1.5" }, 429, 1500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := first(code(row.status, "Retry-After", row.header()))
				start := time.Now()
				_, err := s.client(t).complete(t.Context(), nil, false)
				require.NoError(t, err)
				require.Len(t, s.calls, 2)
				require.Equal(t, row.want, s.calls[1].Sub(start))
			})
		})
	}
}

// Without a usable Retry-After the waits are random, below bounds that double, and there are three attempts at most.
func TestRetriesWithJitter(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 500, 502, 503, 504} {
		for _, header := range []string{"", "soon", "-3", "0", "Fri, 31 Dec 1999 15:04:05 GMT"} {
			synctest.Test(t, func(t *testing.T) {
				s := always(code(status, "Retry-After", header))
				_, err := s.client(t).complete(t.Context(), nil, false)
				require.ErrorIs(t, err, ErrUnavailable)
				require.ErrorContains(t, err, fmt.Sprint(status))
				require.Len(t, s.calls, 3)
				require.Less(t, s.calls[1].Sub(s.calls[0]), time.Second)
				require.Less(t, s.calls[2].Sub(s.calls[1]), 2*time.Second)
			})
		}
	}
}

// After a service has asked for a pause, no call reaches it until then: short ones are waited for, long ones fail at once.
func TestServiceThatAsksForAPauseGetsIt(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 503} {
		synctest.Test(t, func(t *testing.T) {
			s := first(code(status, "Retry-After", "60"))
			client := s.client(t)
			start := time.Now()
			_, err := client.complete(t.Context(), nil, false)
			require.ErrorContains(t, err, fmt.Sprintf("HTTP %d; wait 1m0s", status))
			_, err = client.complete(t.Context(), nil, false)
			require.ErrorIs(t, err, ErrUnavailable)
			require.ErrorContains(t, err, "asked for a pause")
			require.Equal(t, start, time.Now(), "both at once")
			time.Sleep(45 * time.Second)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			_, err = client.complete(ctx, nil, false)
			require.ErrorContains(t, err, "asked for a pause", "there is no time to wait for it")
			_, err = client.complete(t.Context(), nil, false)
			require.NoError(t, err)
			require.Equal(t, time.Minute, time.Since(start))
			require.Len(t, s.calls, 2)
		})
	}
}

// THREATS G1: a minute of 429 under 50 requests per second.
func TestStorm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var asked, held time.Time
		s := &scripted{}
		s.answer = func(int) *http.Response {
			now := time.Now()
			if now.After(asked) && now.Before(held) { // calls of the same instant could not know
				t.Errorf("a call %s before its time", held.Sub(now))
			}
			if now.Sub(start) < time.Minute {
				asked, held = now, now.Add(time.Second)
				return response(429, "", "Retry-After", "1")
			}
			return fine()
		}
		client := s.client(t, WithBudget(1_000_000, 1_000_000))
		var group sync.WaitGroup
		var mu sync.Mutex
		good, last := 0, time.Time{}
		for range 50 * 60 {
			group.Go(func() {
				if _, err := client.complete(t.Context(), nil, false); err == nil {
					mu.Lock()
					good, last = good+1, time.Now()
					mu.Unlock()
				}
			})
			time.Sleep(time.Second / 50)
		}
		group.Wait()
		require.LessOrEqual(t, len(s.calls), 3000*11/10+2, "a tenth more than the requests, and the first two")
		require.Positive(t, good, "what waited at the end is answered")
		require.Less(t, last.Sub(start), 70*time.Second)
		before := len(s.calls)
		for range 100 {
			_, err := client.complete(t.Context(), nil, false)
			require.NoError(t, err)
		}
		require.Len(t, s.calls, before+100, "full rate")
	})
}

// Retries are at most a tenth of the calls, after the first two.
func TestRetryBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// Every second call succeeds, so that the breaker stays closed.
		s := &scripted{answer: func(call int) *http.Response {
			if call%2 == 0 {
				return fine()
			}
			return response(500, "")
		}}
		client := s.client(t, WithBudget(1_000_000, 1_000_000))
		for range 1000 {
			_, _ = client.complete(t.Context(), nil, false)
		}
		require.LessOrEqual(t, len(s.calls), 1102)
		require.Greater(t, len(s.calls), 1090, "and the budget is used")
	})
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := true
		s := &scripted{answer: func(int) *http.Response {
			if broken {
				return response(200, "<html>")
			}
			return fine()
		}}
		client := s.client(t)
		ask := func() error { _, err := client.complete(t.Context(), nil, false); return err }
		for range 8 {
			require.ErrorIs(t, ask(), ErrUnavailable)
		}
		require.Len(t, s.calls, breakerFailures, "the service is left alone")
		require.ErrorContains(t, ask(), "rests after running failures; wait 30s")
		time.Sleep(breakerRest + time.Second)
		require.Error(t, ask(), "one call tries")
		require.Error(t, ask())
		require.Len(t, s.calls, breakerFailures+1)
		broken = false
		time.Sleep(breakerRest + time.Second)
		require.NoError(t, ask())
		require.NoError(t, ask())
	})
}

// A probe that says nothing about the service's health does not lock the breaker.
func TestBreakerProbeThatIsNeither(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{answer: func(call int) *http.Response {
			switch {
			case call <= breakerFailures:
				return response(200, "<html>")
			case call == breakerFailures+1:
				return response(429, "", "Retry-After", "100")
			}
			return fine()
		}}
		client := s.client(t)
		for range breakerFailures {
			_, err := client.complete(t.Context(), nil, false)
			require.Error(t, err)
		}
		time.Sleep(breakerRest + time.Second)
		_, err := client.complete(t.Context(), nil, false)
		require.ErrorContains(t, err, "HTTP 429")
		time.Sleep(101 * time.Second)
		_, err = client.complete(t.Context(), nil, false)
		require.NoError(t, err)
	})
}

// A service that hangs is a failure, whoever's patience ends first: a lasting call takes our own time.
func TestBreakerCountsHanging(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := always(func() *http.Response { return nil })
		client := s.client(t)
		for i := range 3 * breakerFailures {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := client.complete(ctx, nil, true)
			require.Equal(t, i < breakerFailures, strings.Contains(err.Error(), "no answer within 30s"), err)
			cancel()
		}
		require.Len(t, s.calls, breakerFailures)
	})
}

// What is not the service's failure does not open the breaker.
func TestBreakerCountsOnlyFailures(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		answer func() *http.Response
		ctx    func(context.Context) (context.Context, context.CancelFunc)
	}{
		"unknown model": {answer: code(404)},
		"wrong key":     {answer: code(401)},
		"rate limit":    {answer: code(429, "Retry-After", "1")},
		"caller leaves": {func() *http.Response { return nil }, leaveSoon},
		"short deadline": {func() *http.Response { return nil }, func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		}},
		"caller is gone": {fine, func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, 0) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := always(row.answer)
				client := s.client(t)
				for range 3 * breakerFailures {
					ctx, cancel := t.Context(), context.CancelFunc(func() {})
					if row.ctx != nil {
						ctx, cancel = row.ctx(ctx)
					}
					_, err := client.complete(ctx, nil, false)
					require.Error(t, err)
					require.NotContains(t, err.Error(), "rests")
					cancel()
				}
			})
		})
	}
}

func leaveSoon(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	time.AfterFunc(time.Second, cancel)
	return ctx, cancel
}

func TestBudgetOfTheMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := always(fine)
		client := s.client(t, WithBudget(10, 1000))
		start := time.Now()
		for range 35 {
			_, err := client.complete(t.Context(), nil, false)
			require.NoError(t, err)
		}
		for i := 10; i < len(s.calls); i++ {
			require.GreaterOrEqual(t, s.calls[i].Sub(s.calls[i-10]), time.Minute)
		}
		require.Equal(t, 3*time.Minute, time.Since(start), "and nobody waits longer than he must")

		for range 5 {
			_, err := client.complete(t.Context(), nil, false)
			require.NoError(t, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		_, err := client.complete(ctx, nil, false)
		require.ErrorIs(t, err, ErrBudget)
		require.ErrorContains(t, err, "of the minute")
		require.Len(t, s.calls, 40)
	})
}

// Calls that a pause holds back count when they are made, so that what comes after it does not exceed the budget.
func TestBudgetAfterAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := first(code(429, "Retry-After", "15"))
		client := s.client(t, WithBudget(5, 1000))
		var group sync.WaitGroup
		for range 12 {
			group.Go(func() { _, _ = client.complete(t.Context(), nil, false) })
			synctest.Wait()
		}
		group.Wait()
		require.Len(t, s.calls, 13)
		for i := 5; i < len(s.calls); i++ {
			require.GreaterOrEqual(t, s.calls[i].Sub(s.calls[i-5]), time.Minute)
		}
	})
}

// The clock is the caller's; a day later the budget is whole again.
func TestBudgetOfTheDay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)
	s := always(fine)
	client := s.client(t, WithBudget(1000, 100), WithClock(func() time.Time { return now }))
	for range 100 {
		_, err := client.complete(t.Context(), nil, false)
		require.NoError(t, err)
	}
	_, err := client.complete(t.Context(), nil, false)
	require.ErrorIs(t, err, ErrBudget)
	e := new(Error)
	require.ErrorAs(t, err, &e)
	require.Equal(t, 24*time.Hour, e.RetryAfter)
	require.Len(t, s.calls, 100)
	now = now.Add(2 * time.Hour)
	_, err = client.complete(t.Context(), nil, false)
	require.ErrorIs(t, err, ErrBudget, "midnight changes nothing")
	now = now.Add(22 * time.Hour)
	_, err = client.complete(t.Context(), nil, false)
	require.NoError(t, err)
}

// Attempts and repairs count, so that nothing gets around the budget.
func TestBudgetCountsEveryCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := first(code(500))
		client := s.client(t, WithBudget(1000, 3))
		q := question{schema: &node{kind: object, fields: []field{{"a", degree("")}}}}
		_, err := client.ask(t.Context(), q) // 500, {}, {}
		require.ErrorIs(t, err, ErrReply)
		require.Len(t, s.calls, 3)
		_, err = client.ask(t.Context(), q)
		require.ErrorIs(t, err, ErrBudget)
		require.Equal(t, 3, client.Usage().Calls)
	})
}

// A wait that would use up the caller's time is not begun.
func TestRetryFitsTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := always(code(503, "Retry-After", "8"))
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		start := time.Now()
		_, err := s.client(t).complete(ctx, nil, false)
		require.ErrorIs(t, err, ErrUnavailable)
		require.Equal(t, start, time.Now())
		require.Len(t, s.calls, 1)
	})
}
