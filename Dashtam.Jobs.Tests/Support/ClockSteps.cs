using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Moves a test's clock step by step, until something has happened. What does not happen fails the test.</summary>
internal static class ClockSteps
{
    /// <summary>Of real time: other threads may have to get there, on a machine that is busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan StepPatience = TimeSpan.FromMilliseconds(50);

    /// <summary>Moves the clock until something has happened; fails when it does not happen.</summary>
    /// <param name="clock">The test's clock.</param>
    /// <param name="happened">Whether it has.</param>
    /// <param name="step">How far the clock moves before <paramref name="happened"/> is asked again.</param>
    /// <param name="what">What is waited for; the compiler writes it.</param>
    public static Task AdvanceUntilAsync(
        this FakeTimeProvider clock,
        Func<bool> happened,
        TimeSpan step,
        [CallerArgumentExpression(nameof(happened))] string what = "") =>
        AdvanceUntilAsync(clock, happened, step, Patience, what);

    /// <summary>Moves the clock until a task has ended, and returns what it returns; fails when it does not end.</summary>
    public static async Task<T> AdvanceUntilEndAsync<T>(
        this FakeTimeProvider clock, Task<T> task, TimeSpan step, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await AdvanceUntilAsync(clock, () => task.IsCompleted, step, Patience, $"{what} has ended");
        return await task;
    }

    /// <summary>The same, within <paramref name="patience"/> of real time.</summary>
    internal static async Task AdvanceUntilAsync(
        FakeTimeProvider clock, Func<bool> happened, TimeSpan step, TimeSpan patience, string what)
    {
        var (from, since) = (clock.GetUtcNow(), Stopwatch.StartNew());
        while (!happened())
        {
            if (since.Elapsed > patience)
            {
                Assert.Fail(FormattableString.Invariant(
                    $"Not within {patience.TotalSeconds} s, in which the clock moved by {clock.GetUtcNow() - from}: {what}"));
            }

            clock.Advance(step);
            await LetOthersGetThereAsync();
        }
    }

    /// <summary>Real time, until the thread pool has begun all that it was given; for a while only, because other tests use it, too.</summary>
    private static async Task LetOthersGetThereAsync()
    {
        var since = Stopwatch.StartNew();
        do
        {
            await Task.Delay(1);
        }
        while (ThreadPool.PendingWorkItemCount > 0 && since.Elapsed < StepPatience);
    }
}
