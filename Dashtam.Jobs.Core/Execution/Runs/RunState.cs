namespace Dashtam.Jobs.Core.Execution.Runs;

/// <summary>Where a job in flight is. Which state follows which is said in <see cref="RunSteps.After"/>, and nowhere else.</summary>
internal enum RunState
{
    /// <summary>Fetched: no stage has seen it.</summary>
    Held,

    /// <summary>In the stages: its handler is not called yet.</summary>
    Begun,

    /// <summary>Its handler is called and holds the thread of its slot until the handler's first wait.</summary>
    Called,

    /// <summary>Its handler waits for something, and holds its slot without a thread.</summary>
    Waiting,

    /// <summary>The stages go on without its handler, which ignores its cancellation and keeps its slot.</summary>
    Abandoned,

    /// <summary>The stages are at their end; the abandoned handler still runs and keeps its slot.</summary>
    Settled,

    /// <summary>Its handler has returned, or will not be called: its slot is free. The stages go on.</summary>
    Returned,

    /// <summary>Settled and returned.</summary>
    Ended,
}

/// <summary>What moves a job in flight from one state to the next.</summary>
internal enum RunStep
{
    /// <summary>Its stages begin.</summary>
    Begin,

    /// <summary>Its slot calls the handler.</summary>
    Call,

    /// <summary>No handler is to be called.</summary>
    Skip,

    /// <summary>The call came back with a task that is not complete.</summary>
    Wait,

    /// <summary>The handler has had its time and its grace.</summary>
    Abandon,

    /// <summary>The handler has returned.</summary>
    Return,

    /// <summary>The stages are at their end.</summary>
    Settle,
}

/// <summary>The table of states and steps.</summary>
internal static class RunSteps
{
    /// <summary>The state after a step; the same state: the step comes too late, and changes nothing.</summary>
    /// <exception cref="InvalidOperationException">The step is a mistake in this state.</exception>
    public static RunState After(this RunState state, RunStep step) => (state, step) switch
    {
        (RunState.Held, RunStep.Begin) => RunState.Begun,
        (RunState.Begun, RunStep.Call) => RunState.Called,
        (RunState.Begun, RunStep.Skip) => RunState.Returned,
        (RunState.Called, RunStep.Wait) => RunState.Waiting,
        (RunState.Called or RunState.Waiting, RunStep.Abandon) => RunState.Abandoned,
        (RunState.Called or RunState.Waiting or RunState.Abandoned, RunStep.Return) => RunState.Returned,
        (RunState.Settled, RunStep.Return) => RunState.Ended,
        (RunState.Abandoned, RunStep.Settle) => RunState.Settled,
        (RunState.Held or RunState.Begun or RunState.Returned, RunStep.Settle) => RunState.Ended,

        // Two threads act on one run: the first of them has decided.
        (RunState.Returned or RunState.Ended, RunStep.Call) => state,
        (not RunState.Called and not RunState.Waiting, RunStep.Skip) => state,
        (RunState.Abandoned or RunState.Settled, RunStep.Wait) => state,
        (not RunState.Held and not RunState.Begun, RunStep.Abandon) => state,
        _ => throw new InvalidOperationException($"{step} is not possible in the state {state}"),
    };
}
