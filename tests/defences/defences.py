"""What keeps an account, a key and a backup safe, and the test that notices when it is gone.

tools/defences takes out one after the other. `old` stands in `file` exactly once; `noticed_by` is a
unit test, the id of a pytest (on the build that stands in it), or a program of tools/ with what it
must say.
"""

from typing import NamedTuple


class Defence(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    noticed_by: str


MOUNT = "tests/mount/test_"
MATRIX = "tests/full/test_matrix.py::test_every_endpoint_fails_as_promised_and_heals"
TLS = "tests/full/test_tls.py::test_"

API = [
    Defence(
        "a 400 is not repeated",
        "src/api/answer.c",
        "{400, 400, -EINVAL, false}",
        "{400, 400, -EINVAL, true}",
        "client_does_not_repeat_what_does_not_pass",
    ),
    Defence(
        "a 403 is not repeated",
        "src/api/answer.c",
        "{403, 403, -EACCES, false}",
        "{403, 403, -EACCES, true}",
        f"{MOUNT}errors.py::test_what_does_not_pass_is_tried_once[plain]",
    ),
    Defence(
        "a used-up allowance is not asked for again",
        "src/api/answer.c",
        "answer->passing = answer->over_rate;",
        "answer->passing = true;",
        "client_does_not_wait_for_an_allowance",
    ),
    Defence(
        "a 404 is never ENOENT",
        "src/api/answer.c",
        "{404, 404, -EIO, false}",
        "{404, 404, -ENOENT, false}",
        "answer_is_never_that_a_thing_is_gone",
    ),
    Defence(
        "an error is logged with the service's message",
        "src/api/answer.c",
        "*message ? \": \" : \"\", message, error_id, request);",
        "\"\", \"\", error_id, request);",
        f"{MOUNT}errors.py::test_the_log_line_has_path_status_message_and_request_id[plain]",
    ),
    Defence(
        "an error is logged with the requestID",
        "src/api/answer.c",
        "if (*fault->request_id)",
        "if (0)",
        f"{MOUNT}errors.py::test_the_log_line_has_path_status_message_and_request_id[plain]",
    ),
    Defence(
        "tries are limited",
        "src/api/call.c",
        "call->tries <= CALL_RETRIES",
        "call->tries <= 100 * CALL_RETRIES",
        "client_tries_four_times_what_may_pass",
    ),
    Defence(
        "the deadline stands over all tries",
        "src/api/call.c",
        "|| clock_ms() + delay >= call->deadline_ms",
        "",
        "client_gives_up_at_once_when_retry_after_lies_behind_the_deadline",
    ),
    Defence(
        "a call has a deadline",
        "src/api/call.c",
        "call->left_ms, call_on_deadline,",
        "call->left_ms * 1000, call_on_deadline,",
        "client_ends_a_call_at_its_deadline",
    ),
    Defence(
        "Retry-After is honoured",
        "src/api/call.c",
        "return answer->wait_ms > delay ? answer->wait_ms : delay;",
        "return delay;",
        "client_waits_as_long_as_retry_after_says",
    ),
    Defence(
        "Retry-After is read",
        "src/api/transfer.c",
        "retry_after > 0 && retry_after < 1000000 ? retry_after * 1000 : 0",
        "0",
        f"{MOUNT}errors.py::test_a_429_is_waited_out[plain]",
    ),
    Defence(
        "Retry-After holds everybody back for a minute at most",
        "src/api/call.c",
        "delay < CLIENT_HOLD_MAX_MS ? delay : CLIENT_HOLD_MAX_MS",
        "delay",
        "client_holds_other_calls_for_a_minute_at_most",
    ),
    Defence(
        "pauses between tries grow",
        "src/api/backoff.c",
        "BACKOFF_FIRST_MS << doublings",
        "BACKOFF_FIRST_MS << 0",
        "backoff_doubles_up_to_16_seconds",
    ),
    Defence(
        "pauses between tries are jittered",
        "src/api/backoff.c",
        "whole / 2 + (int64_t)(random % (uint32_t)(whole / 2 + 1))",
        "whole",
        "backoff_takes_off_no_more_than_half",
    ),
    Defence(
        "the rate is kept in every minute",
        "src/api/bucket.c",
        "bucket_at(bucket, middle) + BUCKET_WINDOW_MS <= now",
        "bucket_at(bucket, middle) + BUCKET_WINDOW_MS / 2 <= now",
        "bucket_never_gives_more_than_its_rate_in_any_minute",
    ),
    Defence(
        "a low rate slows down and does not end",
        "src/api/client.c",
        "            call_stop_time(call);\n    }\n}\n",
        "            call_run_time(call);\n    }\n}\n",
        "client_waits_for_the_rate_however_low_it_is",
    ),
    Defence(
        "a service that holds calls back is waited for no longer than the timeout",
        "src/api/client.c",
        "now + held >= call->deadline_ms",
        "0",
        "client_does_not_let_a_call_wait_in_vain_for_a_service_that_holds_it_back",
    ),
    Defence(
        "a look-up waits for the rate",
        "src/fuse/waiting.c",
        "    if (waiting_goes_on(waiting)) {",
        "    if (waiting_goes_on(waiting) && 0) {",
        f"{MOUNT}calls.py::test_a_look_up_waits_for_the_rate[plain]",
    ),
    Defence(
        "max_calls is an end",
        "src/api/client.c",
        "client->requests >= client->max_calls",
        "0",
        f"{MOUNT}calls.py::test_max_calls_ends_in_edquot[plain]",
    ),
    Defence(
        "the circuit opens",
        "src/api/call.c",
        "    call_tell_circuit(call, answer);\n",
        "",
        "client_asks_no_more_when_three_calls_got_no_answer",
    ),
    Defence(
        "the circuit closes",
        "src/api/circuit.c",
        "        circuit_reset(circuit);\n        return;\n",
        "        return;\n",
        "circuit_closes_at_the_first_answer",
    ),
    Defence(
        "an answer of the service opens no circuit",
        "src/api/circuit.c",
        "if (answer->status >= 502 && answer->status <= 504)",
        "if (answer->status >= 402)",
        "circuit_knows_what_is_wrong_with_all_calls",
    ),
    Defence(
        "a refused key is remembered for all calls",
        "src/api/circuit.c",
        "    if (answer->status == 401)\n        return CIRCUIT_REFUSED;\n",
        "",
        f"{MOUNT}down.py::test_a_backup_without_a_key_or_calls_makes_a_handful_of_calls[plain-401]",
    ),
    Defence(
        "an allowance that is used up is remembered for all calls",
        "src/api/circuit.c",
        "        return CIRCUIT_USED_UP;\n",
        "        return CIRCUIT_FINE;\n",
        f"{MOUNT}down.py::test_a_backup_without_a_key_or_calls_makes_a_handful_of_calls[plain-1013]",
    ),
    Defence(
        "a service that fails does not give a refused key back",
        "src/api/call.c",
        "answer->error && verdict ?",
        "0 && verdict ?",
        f"{MOUNT}down.py::"
        "test_nothing_old_serves_past_a_refused_key_though_the_service_fails_otherwise[plain]",
    ),
    Defence(
        "SIGHUP tries at once",
        "src/program/mount.c",
        "    client_try_anew(mount->account.client);\n",
        "",
        f"{MOUNT}down.py::test_a_backup_without_a_key_or_calls_makes_a_handful_of_calls[plain-401]",
    ),
    Defence(
        "redirects are not followed",
        "src/api/transfer.c",
        "CURLOPT_FOLLOWLOCATION, 0L",
        "CURLOPT_FOLLOWLOCATION, 1L",
        f"{MOUNT}key.py::test_the_key_is_not_sent_elsewhere_by_a_redirect[plain]",
    ),
    Defence(
        "http:// is for this machine only",
        "src/api/base_url.c",
        "if (!base_url_is_loopback(url))",
        "if (0)",
        "base_url_is_not_http_to_anywhere_else",
    ),
    Defence(
        "a URL holds no user, behind which a host hides",
        "src/api/base_url.c",
        "if (base_url_has(url, CURLUPART_USER) || base_url_has(url, CURLUPART_PASSWORD))",
        "if (0)",
        "base_url_holds_no_user",
    ),
    Defence(
        "a proxy gets no plain request",
        "src/api/transfer.c",
        'curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");',
        ";",
        f"{MOUNT}key.py::test_a_proxy_does_not_get_a_plain_request[plain-http_proxy]",
    ),
    Defence(
        "a body has a greatest size",
        "src/api/transfer.c",
        "TRANSFER_BODY_MAX ((size_t)32 << 20)",
        "TRANSFER_BODY_MAX ((size_t)32 << 30)",
        f"{MATRIX}[plain-a body of 33 MiB]",
    ),
    Defence(
        "a body is measured when it is unpacked",
        "src/api/transfer.c",
        "TRANSFER_BODY_MAX ((size_t)32 << 20)",
        "TRANSFER_BODY_MAX ((size_t)32 << 30)",
        f"{MATRIX}[plain-a gzip bomb]",
    ),
    Defence(
        "certificates are checked",
        "src/api/transfer.c",
        "    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);\n",
        "    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);\n",
        f"{TLS}who_cannot_be_trusted_is_eproto[plain-an unknown CA]",
    ),
    Defence(
        "names in certificates are checked",
        "src/api/transfer.c",
        "    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);\n",
        "    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);\n",
        f"{TLS}who_cannot_be_trusted_is_eproto[plain-a wrong name]",
    ),
    Defence(
        "cacert alone is trusted",
        "src/api/transfer.c",
        "curl_easy_setopt(easy, CURLOPT_CAPATH, NULL)",
        "0",
        f"{TLS}cacert_alone_is_trusted_and_not_the_system_beside_it[plain]",
    ),
    Defence(
        "no more on page 1 than there are",
        "src/api/verdict.c",
        "if (first->count > total)",
        "if (0)",
        "verdict_on_page_1",
    ),
    Defence(
        "a page holds what the total promised",
        "src/api/verdict.c",
        "if (page->count != expected)",
        "if (0)",
        f"{MOUNT}paging.py::test_totals_that_cannot_be_true_end_in_ebadmsg"
        "[plain-more, and pages]",
    ),
    Defence(
        "an empty list must say that nobody is there",
        "src/api/verdict.c",
        "if (first->count == 0 && first->total_items < 0)",
        "if (0)",
        "verdict_on_page_1",
    ),
    Defence(
        "an absurd total is refused",
        "src/api/plan.c",
        "if (plain > PLAN_PAGES_MAX)",
        "if (0)",
        "pager_refuses_a_total_that_cannot_be_true",
    ),
    Defence(
        "pages that overlap must agree",
        "src/api/pager.c",
        "else if (merge_overlaps_agree(plan, pager->pages))",
        "else if (1)",
        "pager_starts_over_when_someone_else_came_for_who_went",
    ),
    Defence(
        "the ends of many pages are read a second time",
        "src/api/pager.c",
        "if (plan->count > 1 && !plan->overlapping)\n        error = pager_look_again(pager);\n"
        "    else if (merge_overlaps_agree(plan, pager->pages))",
        "if (!plan->overlapping || merge_overlaps_agree(plan, pager->pages))",
        "pager_sees_at_a_second_look_that_many_pages_have_moved",
    ),
    Defence(
        "no ID is there twice",
        "src/api/pager.c",
        "if (pager->merge.twice) {",
        "if (0) {",
        f"{MOUNT}errors.py::test_an_id_that_is_there_twice_is_an_error[plain]",
    ),
    Defence(
        "a record is the one that was asked for",
        "src/api/pager_page.c",
        "return envelope->records[0]->id == asked;",
        "return asked > 0;",
        f"{MOUNT}errors.py::test_another_record_than_the_one_asked_for_is_an_error[plain]",
    ),
]

JSON = [
    Defence(
        "an ID is at least 1",
        "src/json/decoder.c",
        "if (gist.id == 0)",
        "if (0)",
        f"{MOUNT}errors.py::test_an_id_that_is_none_is_an_error[plain]",
    ),
    Defence(
        "an ID is a whole number that a double holds",
        "src/json/member.c",
        "if (!(number >= 1 && number <= (double)MEMBER_INTEGER_MAX) ||\n"
        "        number != (double)(int64_t)number)",
        "if (0)",
        "member_id_is_0_for_anything_else",
    ),
    Defence(
        "an ID in quotes is none",
        "src/json/member.c",
        "if (!value || !cJSON_IsNumber(value))\n        return 0;\n"
        "    double number = value->valuedouble;",
        "if (!value)\n        return 0;\n"
        "    double number = cJSON_IsNumber(value)\n"
        "        ? value->valuedouble : cJSON_GetNumberValue(cJSON_Parse(value->valuestring));",
        "envelope_refuses_ids_that_are_none",
    ),
    Defence(
        "JSON is nested 32 deep at most",
        "src/json/layout.c",
        "> LAYOUT_DEPTH_MAX",
        "> 100 * LAYOUT_DEPTH_MAX",
        "layout_goes_32_levels_deep_and_no_deeper",
    ),
    Defence(
        "strings are UTF-8",
        "src/json/layout.c",
        'return layout_refuse(layout, "a string that is not UTF-8");',
        "size = 1;",
        "layout_says_what_is_no_json",
    ),
    Defence(
        "UTF-8 holds no surrogates",
        "src/json/utf8.c",
        "return second >= 0x80 && second <= 0x9f;",
        "return second >= 0x80 && second <= 0xbf;",
        "utf8_refuses_what_is_no_utf8",
    ),
    Defence(
        "lone surrogates stay escapes",
        "src/json/layout.c",
        "if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff))",
        "if (unit == 0)",
        f"{MOUNT}bytes.py::test_a_lone_surrogate_and_a_nul_stay_escapes[plain]",
    ),
    Defence(
        "numbers keep their digits",
        "src/json/layout.c",
        '"not JSON: an exponent without digits");\n    }\n'
        "    return layout_put(layout, start, (size_t)(layout->at - start));",
        '"not JSON: an exponent without digits");\n    }\n'
        "    double number = 0;\n    char text[64];\n"
        '    sscanf(start, "%lf", &number);\n'
        '    int size = snprintf(text, sizeof text, "%.15g", number);\n'
        "    return layout_put(layout, text, (size_t)size);",
        f"{MOUNT}bytes.py::test_numbers_of_a_user_keep_their_digits[plain]",
    ),
    Defence(
        "nothing stands behind an answer",
        "src/json/decoder.c",
        'return decoder_refuse(decoder, "more text behind the answer");',
        "return 0;",
        "envelope_says_what_is_wrong",
    ),
    Defence(
        "a record has a greatest size",
        "src/json/decoder.c",
        "buffer_init(&decoder->layout, RECORD_SIZE_MAX);",
        "buffer_init(&decoder->layout, 16 * (size_t)RECORD_SIZE_MAX);",
        "envelope_refuses_a_record_that_is_too_large",
    ),
    Defence(
        "a buffer keeps to its maximum",
        "src/base/buffer.c",
        "if (more > buffer->max - buffer->size)",
        "if (0)",
        "buffer_keeps_to_its_maximum",
    ),
    Defence(
        "control characters reach no log",
        "src/base/log.c",
        "            *line = '?';",
        "            continue;",
        f"{MOUNT}errors.py::test_a_message_cannot_forge_a_log_line[plain]",
    ),
    Defence(
        "a full pipe never stops the loop",
        "src/base/log.c",
        "poll(&out, 1, 0) == 1 && ",
        "",
        "log_loses_a_line_where_nobody_reads",
    ),
    Defence(
        "a log daemon that hangs never stops the loop",
        "src/base/log_socket.c",
        "    return send(log->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;",
        "    ssize_t sent;\n    do\n        sent = send(log->fd, bytes, size, MSG_NOSIGNAL);\n"
        "    while (sent < 0 && errno == EAGAIN);\n    return sent < 0 ? -errno : 0;",
        f"{MOUNT}log.py::test_a_log_daemon_that_hangs_holds_up_nobody[plain-journal]",
    ),
]

KEY = [
    Defence(
        "the key is hidden in the log",
        "src/options/options.c",
        "    log_redact(options->key);\n",
        "",
        f"{MOUNT}key.py::test_the_key_is_not_in_the_log_that_tells_everything[plain]",
    ),
    Defence(
        "the key is hidden before a line is cut",
        "src/base/log.c",
        "vsnprintf(line, sizeof line, format, arguments);",
        "vsnprintf(line, LOG_LINE_MAX, format, arguments);",
        "log_hides_a_secret_at_the_cut_of_a_long_line",
    ),
    Defence(
        "curl does not print headers",
        "src/api/transfer.c",
        "    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);\n",
        "    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);\n",
        f"{MOUNT}key.py::test_the_key_is_not_in_the_log_that_tells_everything[plain]",
    ),
    Defence(
        "the key is overwritten when it is freed",
        "src/options/key.c",
        "    explicit_bzero(key, strlen(key));\n",
        "",
        "key_free_overwrites_it",
    ),
    Defence(
        "the key is overwritten in the environment",
        "src/options/key.c",
        "    explicit_bzero(variable, strlen(variable));\n",
        "",
        f"{MOUNT}key.py::test_the_key_is_not_in_the_process_table_of_a_daemon[plain]",
    ),
    Defence(
        "the line of the header is overwritten",
        "src/api/transfer.c",
        "    explicit_bzero(line, size);\n",
        "",
        "transfers_leave_no_key_in_what_they_free",
    ),
    Defence(
        "the header is overwritten",
        "src/api/transfer.c",
        "        explicit_bzero(transfers->headers->data, strlen(transfers->headers->data));",
        "        ;",
        "transfers_leave_no_key_in_what_they_free",
    ),
    Defence(
        "a key file is for its owner alone",
        "src/options/key.c",
        "if (attr.st_mode & 077)",
        "if (0)",
        "key_file_may_be_for_its_owner_alone",
    ),
    Defence(
        "a key ends no header",
        "src/options/key.c",
        "if (*key <= ' ' || *key > '~')",
        "if (0)",
        "key_holds_nothing_that_a_header_cannot",
    ),
    Defence(
        "nobody may look into the process",
        "src/program/main.c",
        "    prctl(PR_SET_DUMPABLE, 0);\n",
        "",
        f"{MOUNT}key.py::test_nobody_else_may_look_into_the_process[plain]",
    ),
    Defence(
        "there is no core dump",
        "src/program/main.c",
        "    setrlimit(RLIMIT_CORE, &none);\n",
        "",
        f"{MOUNT}key.py::test_there_is_no_core_dump[plain]",
    ),
]

CACHE = [
    Defence(
        "what is held serves for cache_ttl",
        "src/cache/listing.c",
        "    return remaining > 0 ? remaining : 0;",
        "    return remaining > 0 ? remaining : listing->cache->ttl_ms;",
        f"{MOUNT}calls.py::test_after_the_ttl_the_next_use_fetches_again[plain]",
    ),
    Defence(
        "nothing old serves past a refusal",
        "src/cache/listing.c",
        "    case EDQUOT:\n        return true;",
        "    case EDQUOT:\n    case EACCES:\n        return true;",
        f"{MOUNT}stale.py::test_it_never_serves_past_a_refusal[plain-403-13]",
    ),
    Defence(
        "what may not be seen any more is forgotten",
        "src/cache/listing.c",
        "    if (error == -EACCES)\n        listing_refuse(listing);\n",
        "",
        "listing_forgets_what_may_not_be_seen_any_more",
    ),
    Defence(
        "nothing old serves past stale_if_error",
        "src/cache/listing.c",
        "fresh_until_ms + listing->cache->stale_ms - clock_ms()",
        "fresh_until_ms + 1000 * listing->cache->stale_ms - clock_ms()",
        f"{MOUNT}stale.py::test_the_old_listing_serves_no_longer_than_stale_if_error[plain]",
    ),
    Defence(
        "a failure answers for itself for a second",
        "src/cache/listing.c",
        "if (clock_ms() < listing->failed_until_ms)",
        "if (0)",
        f"{MOUNT}errors.py::test_a_failure_answers_for_itself_for_a_second[plain]",
    ),
    Defence(
        "a failure answers for no more than a second",
        "src/cache/listing.c",
        "ttl_ms : LISTING_FAILED_MS;",
        "ttl_ms : 60 * LISTING_FAILED_MS;",
        "listing_failure_answers_for_itself_for_a_second",
    ),
    Defence(
        "many who wait make one fetch",
        "src/cache/listing.c",
        "if (!listing->pager && !listing->confirming) {",
        "if (1) {",
        "listing_makes_one_fetch_for_many",
    ),
    Defence(
        "what cannot serve any more is dropped",
        "src/cache/listing.c",
        "listing_remaining_ms(listing) == 0 && listing_stale_ms(listing) <= 0)",
        "0)",
        "listing_sweep_drops_what_cannot_serve_any_more",
    ),
    Defence(
        "the sweep runs by itself",
        "src/cache/cache.c",
        "    loop_timer_start(loop, &cache->sweep, CACHE_SWEEP_MS, cache_sweep, cache);",
        "",
        "cache_sweeps_by_itself",
    ),
    Defence(
        "what was asked for before a SIGHUP is old",
        "src/cache/listing.c",
        "listing->fetch_began_ms <= listing->expired_ms;",
        "false;",
        "listing_fetched_while_it_was_expired_is_fetched_again",
    ),
    Defence(
        "ENOENT needs a list above",
        "src/cache/missing.c",
        "bool gone = siblings && !snapshot_find",
        "bool gone = !siblings || !snapshot_find",
        f"{MOUNT}errors.py::test_a_404_on_users_whose_list_cannot_be_asked_is_eio[plain]",
    ),
    Defence(
        "ENOENT needs a list above that lacks it",
        "src/cache/missing.c",
        "bool gone = siblings && !snapshot_find(siblings, listing->options.parent_id);",
        "bool gone = siblings;",
        f"{MOUNT}errors.py::test_a_404_on_users_that_the_list_still_shows_is_eio[plain]",
    ),
    Defence(
        "ENOENT needs a list above that was asked for afterwards",
        "src/cache/missing.c",
        "return siblings && siblings->began_ms >= confirmation->missing_ms;",
        "return siblings;",
        "listing_believes_no_list_above_that_was_asked_for_before",
    ),
]

SINGLES = [
    Defence(
        "a 404 of a user whom a list showed is for a list to confirm",
        "src/cache/single_answer.c",
        "single->options.list->shown || ",
        "",
        "single_404_of_a_name_that_was_shown_is_for_the_list_to_say",
    ),
    Defence(
        "that a list showed somebody outlives the list",
        "src/cache/listing.c",
        "listing->shown = cache->shown_before;",
        "",
        "single_404_is_for_the_list_to_say_after_the_directory_was_let_go",
    ),
    Defence(
        "a user of another department is not shown",
        "src/cache/single_answer.c",
        "return id ? 0 : -EBADMSG;",
        "return 1;",
        "single_of_another_department_is_for_the_list_to_judge",
    ),
    Defence(
        "single calls that are forbidden are not tried again",
        "src/cache/single_answer.c",
        "single->cache->habits.no_singles = true;",
        "",
        "single_that_is_forbidden_is_never_asked_for_again",
    ),
    Defence(
        "a 401 on one user ends the list that is held",
        "src/cache/single_answer.c",
        "listing_refuse(list);",
        ";",
        "single_401_is_final_and_nothing_old_serves_past_it",
    ),
    Defence(
        "a 401 on a list ends the users that are held",
        "src/cache/listing.c",
        "    singles_drop(listing);\n",
        "",
        "single_serves_no_more_when_its_list_is_refused",
    ),
    Defence(
        "a user who was read serves on while the service fails",
        "src/cache/single_answer.c",
        "&& single_serve_stale(single, result->why)",
        "&& false",
        "single_that_was_read_serves_on_while_the_service_fails",
    ),
    Defence(
        "an older list does not hide a user while the service fails",
        "src/cache/single_answer.c",
        "struct listing *held = single_stale_ms(single) > 0 ? single : list;",
        "struct listing *held = list;",
        "single_that_is_newer_than_the_list_is_not_gone_because_the_service_fails",
    ),
    Defence(
        "a user who was asked for before the list gives way to it",
        "src/cache/single.c",
        "    single->expired = true;\n",
        "",
        "single_404_that_was_asked_for_before_the_list_does_not_outlive_it",
    ),
    Defence(
        "a user who comes after the list does not hide it",
        "src/cache/single_answer.c",
        "if (believed && !single_is_late(single)) {",
        "if (believed) {",
        "single_that_was_asked_for_before_the_list_gives_way_when_it_comes_later",
    ),
    Defence(
        "a user who was asked for after the list began goes into it",
        "src/cache/single.c",
        "return (!is_later && !is_same) || snapshot_put(snapshot, known);",
        "return !is_same || snapshot_put(snapshot, known);",
        "single_that_came_while_the_list_was_read_is_listed",
    ),
    Defence(
        "a user who is written otherwise than in the list is not shown",
        "src/cache/single_trust.c",
        "fits && (!listed || cache->singles_agree || again)",
        "fits",
        "single_that_is_written_otherwise_is_never_shown_and_lists_are_used",
    ),
    Defence(
        "a file does not go back and forth with the endpoint",
        "src/cache/single_trust.c",
        "single->contradicted = true;",
        ";",
        "single_that_is_written_otherwise_after_others_agreed_is_shown_once",
    ),
    Defence(
        "a change is no reason for distrust",
        "src/cache/single_trust.c",
        " && single_says(single->doubt, record))",
        ")",
        "single_whose_user_changes_each_time_is_still_asked_for_alone",
    ),
    Defence(
        "single calls cost no more than the list",
        "src/cache/single.c",
        "rented + 1 < list->price",
        "rented < 3 * list->price",
        "single_calls_are_at_most_twice_the_best_plan_and_one",
    ),
    Defence(
        "a user is shown in the order of the list",
        "src/cache/single_answer.c",
        "error = single_arrange(single, listed, record);",
        "error = 0;",
        "single_takes_the_order_of_the_list",
    ),
    Defence(
        "SIGHUP drops users that were read alone",
        "src/cache/single.c",
        "    listing_expire(single);\n",
        "    (void)single;\n",
        "single_is_dropped_by_an_expiry_by_hand",
    ),
    Defence(
        "a walk ends however steadily it goes on",
        "src/cache/walk.c",
        "return walk && !walk_is_too_late(walk, 0) ? walk : NULL;",
        "return walk;",
        "walk_ends_ten_minutes_after_the_list_is_over_however_steadily_it_goes_on",
    ),
    Defence(
        "a walker looks at a file twice",
        "src/cache/walk.c",
        "|| (walk->looks[index] >> shift & WALK_LOOKS_MASK) == WALK_LOOKS_MAX",
        "",
        "walk_finds_each_file_twice_as_it_was_read",
    ),
    Defence(
        "a walker who paused comes anew",
        "src/cache/walk.c",
        "walker && !walker_has_paused(walker) ? walk_of(walker, listing) : NULL;",
        "walker ? walk_of(walker, listing) : NULL;",
        "walk_ends_with_a_pause",
    ),
    Defence(
        "a walk goes on through a newer list",
        "src/cache/listing.c",
        "    walks_renew(listing);\n",
        "",
        "walk_goes_on_through_the_list_that_somebody_else_had_fetched",
    ),
    Defence(
        "no walk begins with what was asked for before a SIGHUP",
        "src/cache/walk.c",
        "listing->expired ? NULL : calloc(1, sizeof *walk)",
        "calloc(1, sizeof *walk)",
        "walk_does_not_begin_with_what_was_asked_for_before_an_expiry_by_hand",
    ),
]

FUSE = [
    Defence(
        "a name has one spelling",
        "src/base/number.c",
        " || (size > 1 && text[0] == '0')",
        "",
        f"{MOUNT}tree.py::test_only_the_canonical_name_finds_a_record[plain-communities]",
    ),
    Defence(
        "a name that no record could have costs no call",
        "src/tree/dentry.c",
        "    if (!may_be)\n        return -ENOENT;\n",
        "    (void)may_be;\n",
        f"{MOUNT}calls.py::test_names_that_no_record_could_have_cost_nothing_in_a_cold_mount"
        "[plain]",
    ),
    Defence(
        "who waits can be interrupted",
        "src/fuse/waiting.c",
        "    fuse_req_interrupt_func(waiting->req, waiting_on_interrupt, waiting);\n",
        "",
        f"{MOUNT}interrupts.py::test_ls_of_a_stalled_department_ends_within_100_ms[plain-2]",
    ),
    Defence(
        "an interrupt ends the fetch that nobody wants",
        "src/fuse/waiting.c",
        "waiting_fail(data, -EINTR, true);",
        "waiting_fail(data, -EINTR, false);",
        f"{MOUNT}interrupts.py::test_a_call_that_nobody_waits_for_any_more_is_given_up[plain]",
    ),
    Defence(
        "a look-up ends at the timeout",
        "src/fuse/waiting.c",
        "    if (waiting_begin(waiting, needs, snapshot))\n",
        "    if (waiting_begin(waiting, needs, snapshot) && 0)\n",
        f"{MOUNT}down.py::test_a_look_up_in_a_long_listing_times_out_and_the_next_finds_it[plain]",
    ),
    Defence(
        "an open file keeps its bytes",
        "src/fuse/node.c",
        "        record_ref(record);\n",
        "        record->refs += record->refs == 0;\n",
        f"{MOUNT}kernel_cache.py::test_an_open_file_of_a_removed_user_keeps_its_bytes[sanitized]",
    ),
    Defence(
        "a directory that is being read keeps its listing",
        "src/fuse/readdir.c",
        "dentry_at(handle->dir, handle->snapshot, index, &dentry)",
        "dentry_at(handle->dir, handle->dir->listing ? handle->dir->listing->snapshot : NULL, "
        "index, &dentry)",
        f"{MOUNT}readdir.py::test_a_directory_that_is_being_read_goes_on_from_its_snapshot[plain]",
    ),
    Defence(
        "SIGHUP reaches the kernel's names",
        "src/program/mount.c",
        "        session_expire(mount->session);",
        "        ;",
        f"{MOUNT}stale.py::test_after_sighup_a_name_is_looked_up_again[plain]",
    ),
    Defence(
        "forgets are counted",
        "src/fuse/node.c",
        "if (record->lookups > count)",
        "if (0)",
        "node_is_known_until_each_time_is_forgotten",
    ),
    Defence(
        "what is forgotten is freed",
        "src/fuse/node.c",
        "    else\n        node_drop(fs, record);",
        "    else\n        record->lookups = 0;",
        "node_holds_its_record_while_it_is_known",
    ),
    Defence(
        "the mount is read-only",
        "src/fuse/session.c",
        '"ro,nosuid,',
        '"nosuid,',
        f"{MOUNT}attributes.py::test_the_kernel_knows_the_mount_as_fuse_qpfs_and_read_only[plain]",
    ),
    Defence(
        "a mount made writable is read-only",
        "src/fuse/fs.c",
        "    .mkdir = readonly_mkdir,\n",
        "",
        f"{MOUNT}readonly.py::test_a_mount_that_root_makes_writable_is_not[plain]",
    ),
    Defence(
        "permissions are enforced",
        "src/fuse/session.c",
        "default_permissions,",
        "",
        f"{MOUNT}attributes.py::test_permissions_are_enforced_even_with_allow_other[plain]",
    ),
    Defence(
        "umount -l ends it though people wait",
        "src/fuse/detach.c",
        "        detach->gone(detach->data);\n",
        "",
        f"{MOUNT}interrupts.py::"
        "test_this_ends_the_mount_within_two_seconds_though_people_wait[plain-umount -l]",
    ),
    Defence(
        "SIGTERM ends it though people wait",
        "src/fuse/session.c",
        "    waiting_fail_all(session->fs, -ENOTCONN);\n",
        "",
        f"{MOUNT}interrupts.py::"
        "test_this_ends_the_mount_within_two_seconds_though_people_wait[sanitized-SIGTERM]",
    ),
]

PROGRAM = [
    Defence(
        "auto_unmount is refused",
        "src/options/mount_option.c",
        '{"auto_unmount", MOUNT_OPTION_REFUSE,',
        '{"auto_unmount", MOUNT_OPTION_PASS,',
        f"{MOUNT}command_line.py::test_these_options_are_refused[plain-auto_unmount]",
    ),
    Defence(
        "an unknown option is refused",
        "src/options/mount_option.c",
        "return MOUNT_OPTION_UNKNOWN;",
        "return MOUNT_OPTION_IGNORE;",
        f"{MOUNT}command_line.py::test_these_options_are_refused[plain-unknown]",
    ),
    Defence(
        "a dead mount of another program is not replaced",
        "src/program/mount_point.c",
        " && mount_point_is_of_qpfs(path)",
        "",
        f"{MOUNT}fstab.py::test_a_dead_mount_of_another_program_is_not_replaced[plain]",
    ),
    Defence(
        "a failure has an exit status",
        "src/program/main.c",
        "return error ? EXIT_FAILURE : EXIT_SUCCESS;",
        "return EXIT_SUCCESS;",
        f"{MOUNT}command_line.py::test_a_wrong_key_is_said_and_nothing_is_mounted[plain]",
    ),
    Defence(
        "the parent ends when the mount answers",
        "src/program/daemon.c",
        "if (got == 1 && mount_point_answers(mount_point))",
        "if (0)",
        f"{MOUNT}command_line.py::"
        "test_in_the_background_the_parent_ends_when_the_mount_answers[plain]",
    ),
    Defence(
        "a key is not sent to the demo",
        "src/options/options.c",
        "    key_free(key_take_from_environment(&problem));\n",
        "    (void)problem;\n",
        f"{MOUNT}demo.py::test_a_real_key_in_the_environment_does_not_get_there[plain]",
    ),
]

LEDGER = [
    Defence(
        "every try is counted in the ledger",
        "src/api/call.c",
        "    ledger_count(client->ledger);\n",
        "",
        f"{MOUNT}ledger.py::test_each_try_is_counted[plain]",
    ),
    Defence(
        "a call stands in the ledger before it is sent",
        "src/api/ledger.c",
        "        ledger_add(ledger, 1);\n}",
        "        ledger->waiting++, ledger->calls++;\n}",
        "ledger_of_who_is_killed_has_what_was_sent",
    ),
    Defence(
        "a ledger is made for its owner alone",
        "src/api/ledger_place.c",
        "O_RDWR | O_CREAT | PLACE_FLAGS, 0600)",
        "O_RDWR | O_CREAT | PLACE_FLAGS, 0644)",
        "ledger_is_for_us_alone_and_does_not_show_the_key",
    ),
    Defence(
        "a ledger that others can open is not used",
        "src/api/ledger_place.c",
        "if (attr->st_mode & 077)",
        "if (0)",
        "ledger_that_others_can_open_is_refused",
    ),
    Defence(
        "a ledger that is a link is not followed",
        "src/api/ledger_place.c",
        "(O_NOFOLLOW | O_CLOEXEC",
        "(O_CLOEXEC",
        "ledger_that_is_a_link_is_refused",
    ),
    Defence(
        "the reserve is kept back",
        "src/api/ledger.c",
        "if (ledger->calls < ledger->allowance - ledger->reserve)",
        "if (ledger->calls < ledger->allowance)",
        "ledger_refuses_past_the_reserve",
    ),
    Defence(
        "past the reserve there is EDQUOT and no call",
        "src/api/client.c",
        "return ledger_refusal(client->ledger);",
        "return NULL;",
        f"{MOUNT}ledger.py::"
        "test_past_the_reserve_what_is_held_serves_and_nothing_else[plain]",
    ),
]

AGE = [
    Defence(
        "max-age and Age shorten what cache_ttl says",
        "src/cache/listing.c",
        "freshness_ttl_ms(&result->freshness, listing->cache->ttl_ms, LISTING_FRESH_MIN_MS);",
        "listing->cache->ttl_ms;",
        "listing_serves_no_longer_than_its_answers_say",
    ),
    Defence(
        "max-age never makes it longer",
        "src/api/freshness.c",
        "(limit_ms > 0 && limit_ms < ttl_ms ? limit_ms : ttl_ms)",
        "(limit_ms > 0 ? limit_ms : ttl_ms)",
        f"{MOUNT}age.py::test_it_never_makes_the_ttl_longer[plain]",
    ),
    Defence(
        "a list that is longer than is wanted for one name is not read",
        "src/api/pager.c",
        "return pager->options.limit > 0 && pager_price(pager) > pager->options.limit;",
        "return false;",
        "pager_tells_what_a_list_costs_with_one_call",
    ),
]

READAHEAD = [
    Defence(
        "only what the kernel knows is stored ahead",
        "src/fuse/readahead.c",
        "!record || record->lookups == 0 || bytes",
        "!record || bytes",
        "readahead_goes_as_far_as_the_kernel_knows_names",
    ),
    Defence(
        "a record is held while another thread stores it",
        "src/fuse/readahead.c",
        "batch->records[batch->count++] = record_ref(record);",
        "batch->records[batch->count++] = record;",
        f"{MOUNT}readahead.py::"
        "test_what_changes_during_a_walk_is_never_shown_with_its_old_bytes[sanitized]",
    ),
    Defence(
        "nothing is stored while memory is short",
        "src/fuse/readahead.c",
        "return pressure_is_high();",
        "return false;",
        "readahead_stores_nothing_while_memory_is_short",
    ),
]

SHOWN = [
    Defence(
        "files of all records are not listed unless that is asked for",
        "src/tree/dentry_export.c",
        "dir->tree->options->show_exports ? dentry_export_count(dir) : 0",
        "dentry_export_count(dir)",
        f"{MOUNT}exports.py::test_they_are_there_and_not_listed[plain]",
    ),
    Defence(
        "a file of all records has its exact size",
        "src/cache/export.c",
        "record_allocate(0, (size_t) export->size)",
        "record_allocate(0, (size_t) export->size + 1)",
        f"{MOUNT}exports.py::test_each_line_is_what_jq_makes_of_the_file[plain]",
    ),
    Defence(
        "the target of a link is its record's number alone",
        "src/tree/view.c",
        "number_write(record->id, target + before);",
        "8; memcpy(target + before, record->bytes + 5, 8);",
        "view_of_users_shows_links_by_email",
    ),
    Defence(
        "names that are the same are told apart",
        "src/tree/names.c",
        "if (!entry->told_apart && (names_is_like_next",
        "if (0 && (names_is_like_next",
        "names_that_are_the_same_all_get_their_id",
    ),
    Defence(
        "a name that is told apart takes no other's",
        "src/tree/names.c",
        "names->chain = entry && !entry->told_apart ? entry : NULL;",
        "names->chain = NULL;",
        "names_that_an_id_makes_the_same_are_told_apart_too",
    ),
    Defence(
        "no name of a link leads elsewhere",
        "src/tree/link_name.c",
        " || *character == '/' ||",
        " ||",
        "link_name_escapes_what_a_name_cannot_hold",
    ),
    Defence(
        "the key is hidden in status.json",
        "src/cache/failure.c",
        "    log_hide_secret(failure->message);\n",
        "",
        f"{MOUNT}status.py::"
        "test_what_a_hostile_service_says_is_escaped_and_the_key_is_hidden[plain]",
    ),
    Defence(
        "a problem that --check finds is a failure",
        "src/program/check.c",
        "return error || check.report.problems > 0 ? EXIT_FAILURE : EXIT_SUCCESS;",
        "return error ? EXIT_FAILURE : EXIT_SUCCESS;",
        f"{MOUNT}check.py::test_the_remedy_stands_below_the_problem[plain]",
    ),
    Defence(
        "what a server says cannot spoil a terminal",
        "src/program/report.c",
        "    text_add_plain(&plain, text);\n",
        "    buffer_append(&plain, text, strlen(text));\n",
        f"{MOUNT}check.py::test_what_a_server_says_cannot_spoil_the_output[plain]",
    ),
]

BUFFER = "src/base/buffer.c"
CLEAR = "    buffer->size = 0;\n"

CHECKS = [
    Defence(
        "layers: no folder includes one above it",
        "src/api/client.c",
        '#include "base/clock.h"\n',
        '#include "base/clock.h"\n#include "fuse/fs.h"\n',
        "tools/check layers: api/client.c:.*fuse/fs.h",
    ),
    Defence(
        "layers: libcurl is for those who may",
        "src/api/client.c",
        '#include "base/clock.h"\n',
        '#include "base/clock.h"\n#include <curl/curl.h>\n',
        "tools/check layers: api/client.c:.*curl/curl.h",
    ),
    Defence(
        "the format of the sources",
        BUFFER,
        CLEAR,
        "    buffer->size =  0;\n",
        "tools/check formatting: buffer.c:.*clang-format-violations",
    ),
    Defence(
        "warnings of gcc are errors",
        BUFFER,
        CLEAR,
        "    int unused;\n" + CLEAR,
        "tools/check gcc: error: unused variable",
    ),
    Defence(
        "warnings of clang are errors",
        BUFFER,
        CLEAR,
        "    if ((buffer->max == 1))\n        return;\n" + CLEAR,
        "tools/check clang: error: equality comparison with extraneous parentheses",
    ),
    Defence(
        "cppcheck",
        BUFFER,
        CLEAR,
        "    char two[2];\n    two[2] = 0;\n    (void)two;\n" + CLEAR,
        "tools/check cppcheck: arrayIndexOutOfBounds",
    ),
    Defence(
        "clang-tidy",
        BUFFER,
        CLEAR,
        "    if (!buffer)\n        buffer->max = 1;\n" + CLEAR,
        "tools/check clang-tidy: clang-analyzer-core.NullDereference",
    ),
    Defence(
        "hardening: position independent",
        "meson.build",
        "'-Wl,-z,relro', '-Wl,-z,now'",
        "'-no-pie', '-Wl,-z,relro', '-Wl,-z,now'",
        "tools/check hardening: built without: Type: .DYN",
    ),
    Defence(
        "hardening: relro",
        "meson.build",
        "'-Wl,-z,relro'",
        "'-Wl,-z,norelro'",
        "tools/check hardening: built without: GNU_RELRO",
    ),
    Defence(
        "hardening: bound at the start",
        "meson.build",
        "'-Wl,-z,now'",
        "'-Wl,-z,lazy'",
        "tools/check hardening: built without: Flags: NOW PIE",
    ),
    Defence(
        "hardening: guarded stack",
        "meson.build",
        "'-fstack-protector-strong'",
        "'-fno-stack-protector'",
        "tools/check hardening: built without: __stack_chk_fail",
    ),
    Defence(
        "hardening: fortified functions",
        "meson.build",
        "'-D_FORTIFY_SOURCE=2'",
        "'-D_FORTIFY_SOURCE=0'",
        "tools/check hardening: built without: __.a-z.*_chk@",
    ),
    Defence(
        "hardening: no executable stack",
        "meson.build",
        "'-Wl,-z,now'",
        "'-Wl,-z,now', '-Wl,-z,execstack'",
        "tools/check hardening: the stack of build/src/qpfs is executable",
    ),
    Defence(
        "ASan sees an overflow",
        "src/tree/name.c",
        "    name[number_write(id, name)] = '\\0';\n",
        "    char small[2];\n    *(volatile char *)&small[2 + id % 2] = 0;\n"
        "    name[number_write(id, name)] = '\\0';\n",
        f"{MOUNT}tree.py::test_an_empty_department_is_an_empty_directory[sanitized]",
    ),
    Defence(
        "UBSan sees an overflow",
        "src/fuse/readdir.c",
        "    fs->counts.opendir++;\n",
        "    volatile int large = 0x7fffffff;\n    large += 1;\n",
        f"{MOUNT}tree.py::test_an_empty_department_is_an_empty_directory[sanitized]",
    ),
    Defence(
        "LeakSanitizer sees a leak",
        "src/api/page.c",
        "    envelope_finish(&page->envelope);\n",
        "",
        f"{MOUNT}tree.py::test_an_empty_department_is_an_empty_directory[sanitized]",
    ),
    Defence(
        "a paragraph of semantics.md needs a test",
        "docs/semantics.md",
        "- **T6** ",
        "- **T99** Everything is true.\n- **T6** ",
        f"{MOUNT}semantics.py::test_every_paragraph_is_proved_by_a_test",
    ),
    Defence(
        "a test cites a paragraph that is there",
        "docs/semantics.md",
        "- **T6** ",
        "- ",
        f"{MOUNT}semantics.py::test_no_test_cites_what_is_not_there",
    ),
    Defence(
        "the README's examples work",
        "README.md",
        "fusermount3 -u /mnt/questionpro",
        "fusermount3 -u /mnt/questions",
        f"{MOUNT}docs.py::test_the_readme_mounts_looks_backs_up_and_unmounts[plain]",
    ),
    Defence(
        "the options page is that of --help",
        "src/options/setting_rows.c",
        '"cache_ttl"',
        '"cache_time"',
        f"{MOUNT}docs.py::test_help_and_the_options_page_name_the_same_options[plain]",
    ),
]


def fuzz(target: str, file: str, old: str, new: str) -> Defence:
    name = f"fuzzing finds a bug in {target}"
    return Defence(name, file, old, new, f"tools/fuzz {target}: FOUND build-fuzz/findings")


FUZZING = [
    fuzz(
        "arrange",
        "src/json/arrange.c",
        "arrange_put_end(out, indent, first)",
        "arrange_put_end(out, indent, false)",
    ),
    fuzz(
        "base_url",
        "src/api/base_url.c",
        "if (strlen(text) > BASE_URL_SIZE_MAX)",
        "if (strlen(text) > BASE_URL_SIZE_MAX + 8)",
    ),
    fuzz(
        "config",
        "src/options/setting.c",
        "row->max, number) && *number >= row->min;",
        "row->max, number);",
    ),
    fuzz(
        "envelope",
        "src/json/decoder.c",
        'return decoder_refuse(decoder, "more text behind the answer");',
        "return 0;",
    ),
    fuzz(
        "fault",
        "src/json/fault.c",
        "if (size == 0 || used + size >= room)",
        "if (size == 0 || used + size > room)",
    ),
    fuzz(
        "id_list",
        "src/options/id_list.c",
        "return number_parse(text, size, NUMBER_ID_MAX, id) && *id > 0;",
        "return number_parse(text, size, NUMBER_ID_MAX, id);",
    ),
    fuzz(
        "layout",
        "src/json/layout.c",
        "if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff))",
        "if (unit == 0 || (unit >= 0xd800 && unit <= 0xdbff))",
    ),
    fuzz(
        "mount_option",
        "src/options/mount_option.c",
        "if ((open ? size < length : size != length) ||",
        "if ((open ? size < length : size < length) ||",
    ),
    fuzz(
        "name",
        "src/base/number.c",
        " || (size > 1 && text[0] == '0')",
        "",
    ),
]

DEFENCES = [
    *API,
    *LEDGER,
    *AGE,
    *JSON,
    *KEY,
    *CACHE,
    *SINGLES,
    *FUSE,
    *READAHEAD,
    *SHOWN,
    *PROGRAM,
    *CHECKS,
    *FUZZING,
]
