# engine/feel: sources and programs of this part.
libweir_la_SOURCES += \
	engine/feel/feel.h engine/feel/feel.c \
	engine/feel/nodes.def engine/feel/ast.h \
	engine/feel/parse.h engine/feel/lexer.c engine/feel/parser.c \
	engine/feel/names.c engine/feel/quotes.c engine/feel/types.h engine/feel/types.c \
	engine/feel/feel_tokens.def engine/feel/feel_grammar.h \
	engine/feel/feel_grammar.c engine/feel/tests_grammar.c \
	engine/feel/forms_grammar.c \
	engine/feel/juel_tokens.def engine/feel/juel.h engine/feel/juel.c \
	engine/feel/juel_eval.c engine/feel/methods.def \
	engine/feel/juel_methods.c engine/feel/juel_objects.c \
	engine/feel/juel_methods.h engine/feel/juel_methods_more.c \
	engine/feel/juel_methods_time.c engine/feel/about.def engine/feel/functions.def \
	engine/feel/python.h engine/feel/python_tokens.def \
	engine/feel/python_functions.def engine/feel/python.c \
	engine/feel/python_eval.c engine/feel/python_calls.c \
	engine/feel/eval.h engine/feel/eval.c engine/feel/compare.c \
	engine/feel/arith.c engine/feel/temporal.c engine/feel/range.c \
	engine/feel/access.c engine/feel/iterate.c engine/feel/call.c \
	engine/feel/text.c \
	engine/feel/builtin.h engine/feel/builtins.def \
	engine/feel/builtins_string.c engine/feel/builtins_regex.c \
	engine/feel/builtins_number.c engine/feel/builtins_list.c \
	engine/feel/builtins_sum.c engine/feel/builtins_context.c \
	engine/feel/builtins_time.c engine/feel/builtins_range.c \
	engine/feel/builtins_convert.c

# Prints docs/feel.md.
noinst_PROGRAMS += docs/feel-doc
docs_feel_doc_SOURCES = docs/feel_doc.c
docs_feel_doc_LDADD = libweir.la
