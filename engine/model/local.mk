# engine/model: the graph, the BPMN reader, the rules.
libweir_la_SOURCES += \
	engine/model/ad_hoc.c \
	engine/model/bpmn.c engine/model/bpmn.h \
	engine/model/build.h \
	engine/model/call.c \
	engine/model/compensation.c \
	engine/model/conditional.c \
	engine/model/correlation.c \
	engine/model/data.c \
	engine/model/decision.c \
	engine/model/diff.c engine/model/diff.h \
	engine/model/diagram.c engine/model/diagram.h \
	engine/model/diagram_shape.c engine/model/diagram_shape.h \
	engine/model/event.c engine/model/events.def \
	engine/model/expr.c \
	engine/model/extension.c engine/model/extensions.def \
	engine/model/finding.c engine/model/finding.h \
	engine/model/findings.def \
	engine/model/form.c \
	engine/model/form_data.c \
	engine/model/gateway.c \
	engine/model/inputs.c engine/model/inputs.h \
	engine/model/inputs_judge.c \
	engine/model/graph.c \
	engine/model/lane.c \
	engine/model/link.c \
	engine/model/listener.c engine/model/script_file.c engine/model/event_listener.c \
	engine/model/lint.c engine/model/lint.h \
	engine/model/lint_graph.c \
	engine/model/loop.c \
	engine/model/loop_throw.c \
	engine/model/mapping.c \
	engine/model/message_flow.c \
	engine/model/model.c engine/model/model.h \
	engine/model/node.c \
	engine/model/payload.c \
	engine/model/outcome.c \
	engine/model/people.c \
	engine/model/reach.c \
	engine/model/references.def \
	engine/model/rules.c engine/model/rules.h engine/model/rules.def \
	engine/model/rules_activity.c \
	engine/model/rules_data.c \
	engine/model/rules_event.c \
	engine/model/rules_flow.c \
	engine/model/rules_ref.c \
	engine/model/rules_text.c \
	engine/model/schema.c \
	engine/model/schema.def \
	engine/model/start.c \
	engine/model/symbols.c engine/model/symbols.h \
	engine/model/task.c \
	engine/model/timer.c \
	engine/model/timing.c engine/model/timer.h \
	engine/model/vocabulary.def \
	engine/model/xml.c engine/model/xml_look.c engine/model/xml.h

# Prints docs/limits.md.
noinst_PROGRAMS += docs/limits-doc
docs_limits_doc_SOURCES = docs/limits_doc.c
docs_limits_doc_LDADD = libweir.la
# docs/findings.md; tests/lint/generated.txt keeps it up to date.
noinst_PROGRAMS += docs/findings-doc
docs_findings_doc_SOURCES = docs/findings_doc.c
docs_findings_doc_LDADD = libweir.la
