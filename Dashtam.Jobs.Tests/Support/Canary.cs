using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Envelopes of <c>run_canary</c>, as our own producers write them, or as TaskIQ does.</summary>
internal static class Canary
{
    /// <summary>
    /// Jobs that make a worker of one slot read ahead, and hand back: short ones, with a slow one now and then before which the
    /// others must not wait. Their ids are their numbers.
    /// </summary>
    public static byte[][] ShortWithSlow(int count) =>
    [
        .. Enumerable.Range(0, count).Select(number => Envelope($"{number}", number % 150 == 149 ? 150 : 0)),
    ];

    /// <summary>What a worker needs for <see cref="Hanging"/>.</summary>
    public static IReadOnlyList<(string Name, string Value)> LetHang =>
        [("JOBS_CANARY_HARMFUL", "true"), ("WORKER_CANCEL_GRACE_SECONDS", "0.1"), ("JOBS_RETRY_BASE_SECONDS", "0.05")];

    /// <summary>A job whose handler ignores its cancellation, with each attempt.</summary>
    public static byte[] Hanging(string taskId, int attempts) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"task_id": "{{{taskId}}}", "task_name": "run_canary", "labels": {"timeout": 0.2, "max_retries": {{{attempts}}}}, "args": [], "kwargs": {"sleep_ms": 60000, "ignore_cancellation": true}}"""));

    public static byte[] Envelope(string taskId, int sleepMs = 0, int failAttempts = 0, string labels = "{}") =>
        Envelope(taskId, sleepMs, failAttempts, labels, types: "");

    /// <summary>With the field that tells a TaskIQ client's messages: their results also go to the bare key.</summary>
    public static byte[] OfTaskiq(string taskId, int sleepMs = 0, int failAttempts = 0, string labels = "{}") =>
        Envelope(taskId, sleepMs, failAttempts, labels, "\"labels_types\": {}, ");

    private static byte[] Envelope(string taskId, int sleepMs, int failAttempts, string labels, string types) =>
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"task_id": "{{{taskId}}}", "task_name": "run_canary", "labels": {{{labels}}}, {{{types}}}"args": [], "kwargs": {"sleep_ms": {{{sleepMs}}}, "fail_attempts": {{{failAttempts}}}}}"""));
}
