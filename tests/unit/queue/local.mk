# tests/unit/queue: queues; with WEIR_TEST_AMQP on a RabbitMQ as well.
check_PROGRAMS += tests/unit/queue/test_queue
tests_unit_queue_test_queue_SOURCES = tests/unit/queue/test_queue.c
