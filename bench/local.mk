# bench: the engine in process; bench/README.md says how it is run and read.
noinst_PROGRAMS += bench/w bench/many bench/feel
bench_w_SOURCES = bench/w.c
bench_w_LDADD = libweir.la
bench_many_SOURCES = bench/many.c
bench_many_LDADD = libweir.la
bench_feel_SOURCES = bench/feel.c
bench_feel_LDADD = libweir.la
EXTRA_DIST += bench/README.md bench/feel.jsonl bench/feelin.mjs bench/timers.py
