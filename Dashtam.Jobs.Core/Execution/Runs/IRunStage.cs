namespace Dashtam.Jobs.Core.Execution.Runs;

/// <summary>The next stage of a run.</summary>
internal delegate ValueTask<JobOutcome> NextStage(Run run);

/// <summary>
/// A stage of the engine, which each run passes once. It returns an outcome and does not throw. It returns before the handler is
/// called: the slot does that, and the stages go on with the outcome. What users put around a handler is another kind, and runs with it.
/// </summary>
internal interface IRunStage
{
    /// <summary>Calls <paramref name="next"/> and may act on, or replace, its outcome.</summary>
    ValueTask<JobOutcome> InvokeAsync(Run run, NextStage next);
}
