"""The source of the lecture that ships: run this file to write it anew.

``tests/session/test_shipped_lecture.py`` holds that the file is what this makes, and that every
step shows what its note says.
"""

from __future__ import annotations

from typing import Any

from viz import resources
from viz.chapters import registry
from viz.model.snapshot import Unit
from viz.scene import Scene
from viz.scene.digits import digit, number
from viz.session import lecture_files
from viz.session.lecture import DemonstrationStart, Lecture, Step
from viz.session.session import Session

THIRTY_ONE = number("31")
ONE = [0, 1, 0, 0, 0, 0, 0, 0]
TOY = {"signal": ONE, "shift": 1.0, "rest": ONE, "rest_shift": 0.0}


def played(
    title: str, note: str, id_: str, time: float = 0.0, instrument: str | None = None
) -> Step:
    """A demonstration that plays from a time on."""
    return Step(title, note, demonstration=DemonstrationStart(id_, time, instrument=instrument))


def held(title: str, note: str, id_: str, time: float, instrument: str | None = None) -> Step:
    """A demonstration that stands still at a time."""
    start = DemonstrationStart(id_, time, playing=False, instrument=instrument)
    return Step(title, note, demonstration=start)


def shown(title: str, note: str, scene: Scene, chapter: str, **more: Any) -> Step:
    """A drawing of its own."""
    return Step(title, note, Session(scene, chapter, tool="select", **more))


def lecture() -> Lecture:
    """Make the lecture, in the order of the chapters."""
    parts = (
        _live, _equivariance, _pooling, _binding, _sliding_window, _convolution, _architecture,
        _assumptions, _learning, _closing,
    )  # fmt: skip
    return Lecture("Convolutional networks", tuple(step for part in parts for step in part()))


def _live() -> tuple[Step, ...]:
    return (
        shown(
            "An image becomes maps",
            "On the left stands a 31, on the right everything that the network makes of it: six "
            "layers, each computed from the one below. Point from C1 to the output and name the "
            "layers once; the table has their shapes and their parameters, 656,581 in all. Drag "
            "the 1 a little, and let the audience see that nothing here is recorded. Ask: which of "
            "these maps still look like the drawing, and which do not?",
            THIRTY_ONE,
            "live",
            instrument="unit",
        ),
        shown(
            "A kernel looks for one pattern",
            "The pinned unit belongs to map 12 of C1. The inspector shows its 5×5 patch of the "
            "drawing, times the kernel, summed, plus a bias. The kernel is negative on the left "
            "and positive on the right, so it responds where ink begins, at the left edge of the "
            "stem. Ask where map 1, whose kernel is about the reverse, will be bright. These "
            "kernels were not designed; training found them, and some have no simple name.",
            THIRTY_ONE,
            "live",
            instrument="unit",
            pinned=Unit("C1", 12, 14, 37),
        ),
        shown(
            "ReLU keeps what is above zero",
            "The maps now show the sums before ReLU; negative sums are blue. Press A to switch to "
            "the activations and back: everything blue is gone. After ReLU more than three units "
            "in four of C1 are zero for this drawing, as the histogram says. What is left says "
            "where the pattern is; how little it is there is forgotten.",
            THIRTY_ONE,
            "live",
            instrument="histogram",
            pre_activation=True,
        ),
        shown(
            "Deeper units cover more, and combine maps",
            "The pinned unit lies in C3. Its receptive field, outlined on the drawing, has 14×14 "
            "pixels, where a unit of C1 has 5×5. It adds up 5×5 patches of all 20 maps of S2, each "
            "with a kernel of its own. Hover over S4 and C5 and let the audience read off 16 and "
            "32. Nothing outside its receptive field can affect a unit: this is locality, by "
            "design.",
            THIRTY_ONE,
            "live",
            instrument="unit",
            pinned=Unit("C3", 13, 2, 9),
        ),
        shown(
            "Pooling keeps the largest of four",
            "Between C1 and S2 nothing is learned: a unit of S2 takes the largest of 2×2 units. "
            "The inspector shows the four values and which one is the largest. The map has half as "
            "many rows and columns afterwards, and neighbouring units of S2 lie two pixels apart. "
            "Ask which of the four places it was. The unit above does not tell it; chapter 3 comes "
            "back to that.",
            THIRTY_ONE,
            "live",
            instrument="unit",
            pinned=Unit("S2", 12, 7, 18),
        ),
        played(
            "Many handwriting styles, one network",
            "Six digits in four handwriting styles pass, slanted, rotated and squeezed. Follow one "
            "digit through the layers: its maps change a good deal, its answer does not. This "
            "comes from training on distorted digits; it is not a law. A digit is read only while "
            "its centre lies under a window, so nothing is read at the edges of the canvas.",
            "styles",
            4.4,
        ),
        played(
            "Everything moves, the answer stays",
            "Four digits sway and rotate, and the answer 2748 above them stays. Every frame is "
            "computed anew, with no memory of the one before. Take a digit with the mouse at any "
            "time: it is yours, and the rest of the lecture waits. Ask what must have happened "
            "between the first maps, which move, and the answer, which does not.",
            "dancing",
        ),
    )


def _equivariance() -> tuple[Step, ...]:
    edge = Scene(48, 64, (digit(3, centre=(13.0, 24.0)),))
    return (
        played(
            "Shift the input, and every map shifts",
            "The 3 has moved by 12 pixels to the right, and goes on; each row of the table shows "
            "how far one layer's maps have moved. C1 moves by as many units as the drawing by "
            "pixels, S2 and C3 by half as many, S4 and C5 by a quarter: one over the layer's "
            "stride. Pause and divide to check it. This is equivariance: the maps change, in a way "
            "that we can predict. It must not be confused with invariance, where nothing would "
            "change.",
            "shift",
            4.5,
            "displacement",
        ),
        held(
            "Shift and compute, or compute and shift",
            "The drawing stands 12 pixels to the right of where it began, and 12 is a multiple of "
            "every layer's stride. On the left is one map of the shifted input, f(Tx), beside it "
            "the same map of the first input, shifted, T′f(x). Their difference is zero: the order "
            "does not matter here. Press an arrow key once, and look at S4: one pixel is not a "
            "multiple of its stride.",
            "shift",
            4.5,
            "difference",
        ),
        held(
            "Between the strides: a sawtooth",
            "The residual measures how much of a layer's response the shift does not explain. It "
            "is zero at every whole pixel for C1, at every second one for S2 and C3, at every "
            "fourth one for S4 and C5. Between these it rises: the units then sample the ink at "
            "other places. Drag along the curve slowly. The theorem holds for shifts by multiples "
            "of the stride, and only for these.",
            "shift",
            4.5,
            "residual",
        ),
        shown(
            "At the border, shifting loses something",
            "The 3 stands near the left edge. A shifted canvas loses what leaves it, and gains "
            "blank paper on the other side; units whose receptive fields reach either are border "
            "units, and the dashed curve is theirs. Shifted to the right, its residual is about as "
            "large as the response itself, while the interior follows the rule. Textbooks mostly "
            "omit the border; on a canvas of 32×32 pixels C5 consists of nothing else.",
            edge,
            "equivariance",
            instrument="residual",
            instruments={
                "residual": {"axis": "x", "layer": "S4"},
                "displacement": {"shift": [0, 0]},
            },
        ),
        held(
            "841 shifts and one window",
            "Each point of this map is one shift of the drawing, up to 14 pixels each way, and its "
            "colour is the answer there. Inside lies a region where the 3 stays a 3: there the "
            "answer is nearly invariant, though every layer below is only equivariant. Outside, "
            "the window gives “none”, as in training: the digit is not at its centre. Click in the "
            "map, and the drawing goes there. The region holds for one network and one drawing; "
            "another 3 has another one.",
            "shift",
            0.0,
            "shift-map",
        ),
        played(
            "Rotation is not built in",
            "The 7 rotates by up to 60 degrees each way. Maps of upright edges fade and others "
            "light up: the maps do not rotate with the digit. Yet the answer holds over a wide "
            "range, for the training digits were rotated, too; rotated further to the left it is "
            "read as a 1. Equivariance to shifts comes with the architecture; whatever holds for "
            "scale or rotation is learned, and has its limits.",
            "rotation",
            0.0,
            "invariance",
        ),
    )


def _pooling() -> tuple[Step, ...]:
    bar = registry.by_id("bar-steps").scene_at(0.0)
    lp = {"kind": "lp", "size": 2, "stride": 2, "p": 4.0, "toy_size": 2, "toy_stride": 2}
    return (
        shown(
            "What pooling forgets, on a row of numbers",
            "The 1 has moved by one place: the first four values were 0 1 0 0 and are 0 0 1 0. One "
            "window over all four gives 1 both times: the move is forgotten. Set size and stride "
            "to 2 and do it again: now the 1 crosses from one window to the next, and the output "
            "does change. Many accounts of the invariance of pooling leave this out. Inside a "
            "window the place is forgotten, across its edge it is not.",
            bar,
            "pooling",
            instrument="pooling-toy",
            instruments={
                "pooling-toy": {
                    "operator": {"kind": "max", "toy_size": 4, "toy_stride": 4},
                    **TOY,
                }
            },
        ),
        played(
            "A bar in steps of one pixel",
            "The bar jumps right by one pixel at a time. Each bar of the chart shows how much a "
            "step has changed a layer. After each pooling the changes are smaller; after the first "
            "they repeat every two steps, after the second every four, because those are the "
            "strides. Let the audience count aloud.",
            "bar-steps",
            5.0,
            "pooling-steps",
        ),
        played(
            "How much each kind of pooling reveals",
            "A 3 trembles by a pixel. The curves show how much the pooled maps change for a shift: "
            "the lower the curve, the less they reveal of it. Blurring before taking every second "
            "unit keeps the curve low and smooth. A low curve is not a merit in itself: an output "
            "that never changes would have the lowest. Pooling should forget only what does not "
            "matter.",
            "tremble",
            1.0,
            "pooling-change",
        ),
        shown(
            "Between the mean and the maximum",
            "Here C1 is pooled by an Lp mean. With p = 1 that is the average, with p → ∞ the "
            "maximum; p = 4 lies between. Move p and point at a thin stroke: the average washes "
            "it out, the maximum keeps it at full strength. The networks of around 1990 averaged, "
            "those of today mostly take the maximum; which is better is decided by measuring, not "
            "by taste.",
            THIRTY_ONE,
            "pooling",
            instrument="pooling-maps",
            instruments={"pooling-maps": {"operator": lp, "layer": "C1"}},
        ),
    )


def _binding() -> tuple[Step, ...]:
    return (
        held(
            "A 31, or four strokes",
            "Look at the strokes, not at the digits: a hook, a bowl, a bar, and a stem further "
            "right. The bar is about to move; the other three will stay where they are. Ask the "
            "audience: to which digit does the bar belong? And what will be read when it is moved "
            "to the right by ten pixels?",
            "31-61",
            0.5,
            "unit",
        ),
        held(
            "The bar moves 10 pixels: 51",
            "The same four strokes, and the answer is 51. No rule of the network says that a bar "
            "can make a 5 of a 3: the units of the deeper layers respond to strokes that stand in "
            "the right places to one another. Step back and forth and watch which maps of S4 "
            "change, and which do not.",
            "31-61",
            3.6,
            "unit",
        ),
        held(
            "It joins the other digit: 57",
            "The bar has left the 5 for the stem, and the 1 is a 7. What remains on the left is "
            "still read as a 5, since hook and bowl suffice. The bar belongs to whatever it "
            "stands beside; no part of the program assigns strokes to objects. Ask how one could "
            "tell, from the maps alone, to which digit the bar belongs.",
            "31-61",
            6.8,
            "unit",
        ),
        played(
            "And on: 51, 41, 61",
            "Let it play. The bar comes back, stands upright for a 4, and leans in for a 6. On "
            "the way there are moments that are read as [?], and one as 51: between its "
            "places the drawing is no digit, and the network, which has to give some answer, "
            "gives an unsure one. The places were searched for, so that each holds within a "
            "pixel; this is a demonstration and no test of how often it works.",
            "31-61",
            9.0,
            "trajectory",
        ),
        held(
            "A map of all places for one stroke",
            "The map shows, for every place of the bar, what the window would read: its colour is "
            "the class, its strength the probability. Click in a region, and the bar goes there. "
            "The regions have clear borders, and crossing one by a pixel changes the answer. "
            "Position alone decides; the stroke is the same everywhere.",
            "31-61",
            0.5,
            "binding-map",
        ),
        held(
            "More than the sum of its parts",
            "Part A is the diagonal, part B all the rest. The network is run with both, with each "
            "alone, and with neither; f(AB) − f(A) − f(B) + f(∅) is what is there only because "
            "both are. It grows with depth, as a share of all activity: about 12 % after the ReLU "
            "of C1, 30 % after that of C3, 40 % after that of C5. About 5 % are there at the "
            "start, since both strokes share some pixels. The marked units respond only to both "
            "together. Such a unit does not prove a concept, only a conjunction.",
            "3-5",
            0.5,
            "interaction",
        ),
        played(
            "Proximity decides: a 1 becomes a 7",
            "A bar comes down from above onto a stem. While it is some pixels off, the answer is "
            "1, as if the bar were not there; within a few pixels it turns to 7. The curves show "
            "how quickly. Ask what would happen if kernels were larger, or the bar approached "
            "from the side; then take the bar and try.",
            "1-7",
            0.0,
            "trajectory",
        ),
    )


def _sliding_window() -> tuple[Step, ...]:
    return (
        played(
            "A long number, read in one pass",
            "The network was trained on windows of 32×32 pixels, and has read a canvas of any "
            "width all along: a fully connected layer, written as a convolution, slides as well. "
            "Above the canvas stands one class for each window, 4 pixels apart. Neighbouring "
            "windows that agree are one digit; the steps below show how the number 314159 comes "
            "from them. This last part is ordinary code, and not learned.",
            "long",
            0.0,
            "reading",
        ),
        held(
            "Two digits at one place: [?]",
            "A 3 passes through a 5. Where they overlap no window has one digit at its centre, and "
            "the answer is [?]: it is better to report this than to guess. Let it play, and 35 "
            "turns into 53. Each window is read by itself, independently of its neighbours.",
            "35-53",
            7.5,
            "reading",
        ),
        played(
            "The eleventh class: none of the above",
            "A 3 and an 8 nearly touch. The window between them is full of ink, and still gives "
            "“none”: not because nothing is there, but because no digit is at its centre. Such "
            "windows were part of the training. The table shows what happens to a network that was "
            "not: it has to name a digit at every place, and reads 3381 at first, 318 when they "
            "stand apart.",
            "none-between",
            1.0,
            "training",
        ),
        shown(
            "One pass instead of 41 crops",
            "Reading this canvas window by window would compute the same sums many times, for "
            "neighbouring windows overlap by 28 of 32 pixels. One pass computes each once. The "
            "table has multiply-adds, which are exact, and milliseconds, which depend on this "
            "machine and on what else it does. The outputs agree up to rounding, as the line below "
            "says. The saving is a factor of about three here, and more on larger canvases; in "
            "time it differs, since crops are computed many at once.",
            number("314159", width=192),
            "sliding-window",
            instrument="cost",
        ),
    )


def _convolution() -> tuple[Step, ...]:
    return (
        played(
            "One kernel, the same at every place",
            "Now the operation itself. A kernel of 3×3 numbers, +1 on the left and −1 on the "
            "right, slides over the drawing; the result is red at the right edges of the strokes "
            "and blue at the left ones. The 7 moves, and its edges move with it, because the same "
            "nine numbers are used everywhere. Type into a cell of the kernel and ask the audience "
            "to predict the result before you press Enter.",
            "edges-follow",
            0.0,
            "kernel",
        ),
        held(
            "Nine products, one sum",
            "Here is the example of the notes: six columns, three of tens and three of zeros. The "
            "window stands at one place, its nine products are written out below, and their sum is "
            "lit in the result: 0, 30, 30, 0 in every row. Walk on with the arrow keys. Ask what "
            "the mirrored input gives: the same numbers with the other sign, because the kernel "
            "tells light to dark from dark to light.",
            "kernel-walk",
            0.8,
            "kernel",
        ),
        played(
            "What the border costs",
            "All pixels of this small input are 1, and the kernel takes their mean. Without "
            "padding 5×5 fits into 7×7 at three by three places, and a pixel in a corner is seen "
            "by a single window. With padding the map keeps its size, but the zeros count: at the "
            "border the mean falls. This is why LeNet-5 does not pad, and why its maps shrink.",
            "paddings",
            0.0,
            "padding",
        ),
        played(
            "A colour image is a volume",
            "An image in colour has three channels, and a kernel has a slice for each of them. "
            "Three sums, one total: a kernel is as deep as its input, and its map is flat. Ten "
            "kernels make ten maps, with 280 parameters, whatever the size of the image. Ask what "
            "a kernel looks like that sees red edges only.",
            "rgb",
            0.0,
            "volumes",
        ),
        played(
            "Convolution of two functions",
            "Mathematicians flip one function, slide it along the other, and take the area of the "
            "product. A box slid over a box gives a triangle. Networks leave out the flip, which "
            "is cross-correlation; since their kernels are learned, a flipped one would be learned "
            "as well. Choose a spike for one of the two and ask what comes out.",
            "box-with-box",
            0.0,
            "one-dimension",
        ),
        played(
            "A kernel can be learned",
            "On the one side an image of noise, on the other its copy, filtered by a Sobel kernel. "
            "Gradient descent starts at nine random numbers, and finds the nine of the kernel. "
            "This is learning with one layer, one kernel and no non-linearity, where it cannot go "
            "wrong. Then take a drawing instead of noise: the loss gets as small, but the kernel "
            "need not be the right one.",
            "sobel-learned",
            0.0,
            "learned-kernel",
        ),
    )


def _architecture() -> tuple[Step, ...]:
    return (
        played(
            "The input grows, the weights do not",
            "A small network in one dimension: 10 inputs, then 8, 4, 2 and 1 units. Edges of one "
            "colour share one weight. With 4 inputs more the layers gain 4, 2, 2 and 1 units, and "
            "not a single weight. Take the end of the input with the mouse and make it longer. "
            "This is all there is to reading a long number with a network trained on single "
            "digits.",
            "input-grows-by-4",
            0.0,
            "units",
        ),
        shown(
            "Where the numbers are",
            "The table has shape, units and parameters of every layer on this canvas. The notes "
            "say that sizes fall from layer to layer: the program holds that against the numbers, "
            "and it is false, C1 has more units than the canvas has pixels. Of 656,581 parameters "
            "95.3 % lie in C5, the layer called fully connected. Pooling has none at all.",
            THIRTY_ONE,
            "architecture",
            instrument="sizes",
        ),
        held(
            "Uneven light",
            "The drawing is faint, and the light grows from one side to the other. The network was "
            "never trained on that, and reads nothing. Play on: one module after the other is "
            "switched in front of C1. Subtracting the mean is not enough; only where the local "
            "deviation is divided out, too, is 31 read. A normalisation is cheap, and replaces "
            "training data of all kinds of light.",
            "each-module",
            0.5,
            "modules",
        ),
        shown(
            "What each layer still knows",
            "From the numbers of one layer alone the computer looks for a drawing that has the "
            "same ones. From the 15,680 numbers of C1 the 3 comes back as it was; from the 500 of "
            "C5 only its parts do, and from the 11 of the output hardly anything. That is no "
            "defect: all drawings of a 3 are to look alike in the end. Draw another 3 and compare.",
            Scene(32, 32, (digit(3, centre=(16.0, 16.0)),)),
            "architecture",
            instrument="dimensions",
        ),
        played(
            "Fully connected is a convolution",
            "The layer C5 as a matrix of 500×1,250, and the same numbers as 500 kernels of "
            "50×5×5: the products are equal to the last digits. Then the canvas widens. The matrix "
            "no longer fits, as it has too few columns, while the convolution goes on and has one "
            "more window. Nothing was learned anew.",
            "matrix-fails",
            0.0,
            "fully-connected",
        ),
    )


def _assumptions() -> tuple[Step, ...]:
    return (
        played(
            "The same pixels in another order",
            "Three networks with about 51,000 parameters each: fully connected, locally "
            "connected, convolutional. On digits as they are the convolutional one errs least, "
            "0.73 % against 2.84 and 1.49 %. Now pixels change places, always the same ones, "
            "until no neighbour is left. Trained anew on such pixels the fully connected network "
            "errs no more than before; the convolutional one has lost its advantage.",
            "permutation-fades",
            0.0,
            "locality",
        ),
        shown(
            "Neighbours resemble each other",
            "How alike are two pixels? Over many digits the correlation is high between "
            "neighbours and gone after a few pixels; this is what a small kernel lives on. "
            "Written as a row of 1,024 numbers the neighbours above and below lie 32 places away: "
            "nothing is lost, but nothing tells any more that they are neighbours. Move the "
            "slider, and the curve becomes flat.",
            Scene(32, 64, (digit(4, centre=(32.0, 16.0)),)),
            "assumptions",
            instrument="correlation",
        ),
        shown(
            "Fewer weights need fewer examples",
            "Five inputs, three outputs: 15 weights if all are connected, 9 if each output sees "
            "three, 3 if these are shared. A shared weight gets an example from each of 784 "
            "places in one picture. The curves tell what that is worth: with 1,000 digits the "
            "convolutional network errs about half as often as the fully connected one. Dashed is "
            "the error on the training digits themselves.",
            THIRTY_ONE,
            "assumptions",
            instrument="sharing",
        ),
        played(
            "Learned on the left, asked on the right",
            "These networks saw digits on the left only. The 3 goes to the right. With shared "
            "kernels and a mean over all places nothing changes, because what is learned in one "
            "place is known in every place. With a kernel of its own at each place nothing is "
            "known on the right: 88.7 % errors.",
            "left-and-right",
            0.0,
            "left-right",
        ),
        shown(
            "Edges, motifs, parts",
            "For every map the patches of test digits that excite it most. In C1 they are edges, "
            "in C3 corners, ends and arcs, in C5 whole strokes of a digit. Click a map, then one "
            "that uses it most, and walk upwards. Names like corner or end are ours: some maps "
            "have none.",
            THIRTY_ONE,
            "assumptions",
            instrument="compositionality",
        ),
        played(
            "What invariance gets wrong",
            "The quarters of an 8 change places. A network that forgets a little of where parts "
            "are accepts some of these arrangements as well. Drag the quarters in the instrument "
            "and ask for the strangest 8. What is gained when digits move is paid for here.",
            "scrambled-8",
            0.0,
            "scrambled",
        ),
    )


def _learning() -> tuple[Step, ...]:
    return (
        played(
            "From noise to features",
            "A small LeNet-5 while it learns 5,000 digits: at first its kernels are random, and "
            "so is its answer. After 157 steps downhill it misreads 8.6 % of the test digits: "
            "its maps have grown, and one score stands out. Nothing but the loss told it which "
            "features to look for. Press Train for a run of your own.",
            "noise-to-features",
            0.0,
            "train",
        ),
        played(
            "One update",
            "The network reads a 3, and is told that it should be a 5. Backpropagation finds for "
            "every weight how the loss changes with it; one update moves all of them a little "
            "against that. After a few the 3 is read as a 5, and the network is spoilt for other "
            "digits: one example is no training set.",
            "one-update",
            0.0,
            "backpropagation",
        ),
        shown(
            "The chain rule in numbers",
            "A network of two inputs, two hidden units and one output, small enough to write "
            "down. Above each number stands its value, below the derivative of the error. Take "
            "one weight and multiply along the way back: that is all of backpropagation. Then "
            "press Update, and compare the predicted change of the error with the measured one.",
            THIRTY_ONE,
            "learning",
            instrument="chain",
        ),
        played(
            "Hidden units bend the plane",
            "No line separates these two rings. Three hidden units bend the plane until one does: "
            "on the right the same points, as the output unit sees them. A linear classifier "
            "stays at chance, and one made of Gaussian kernels knows nothing far from its "
            "examples.",
            "rings-unbend",
            0.0,
            "warp",
        ),
        played(
            "Leaving the saddle",
            "Four methods start beside a saddle, where the surface is almost flat. Plain descent "
            "creeps. Momentum adds up small slopes that agree, and leaves. Then choose the "
            "network: the same methods on a slice through its real loss.",
            "momentum-leaves-saddle",
            0.0,
            "descent",
        ),
        played(
            "1989: structure wins",
            "Five networks learn the same 320 small digits. From the second on, each "
            "has fewer free parameters than the one before, and each is better: 78.9, 82.4, 86.3, "
            "90.9 and 93.2 % on average over twenty races. LeCun published this order in "
            "1989. Local connections and shared weights say something true about pictures.",
            "race",
            0.0,
            "race-1989",
        ),
        shown(
            "LeNet-5 as it was in 1998",
            "This is the network of the paper on the live canvas: 6, 16 and 120 maps, a table "
            "that joins C3 to some maps of S2 only, and an F6 of 84 units that paints a small "
            "bitmap of the digit. The nearest bitmap is the answer. It was trained on single "
            "digits, without a class for none, so between two digits it answers all the same.",
            Scene(32, 32, (digit(3, centre=(16.0, 16.0)),)),
            "learning",
            instrument="papers",
            network="lenet5-1998",
        ),
    )


def _closing() -> tuple[Step, ...]:
    return (
        shown(
            "What was not shown",
            "Two digits less than half as high as those the network was trained on: the 3 is read "
            "as [?], and no layer tells why. We have seen what this network does with the kind of "
            "images it was trained on, digits on a clean background. We have not shown that it "
            "understands numbers, that its units mean what we call them, or that other networks "
            "behave alike. Ask the audience for a drawing that fools it, and draw it.",
            Scene(
                32,
                64,
                (
                    digit(3, centre=(20.0, 16.0), height_px=6.0, width_px=1.0),
                    digit(8, centre=(44.0, 16.0), height_px=6.0, width_px=1.0),
                ),
            ),
            "live",
        ),
        played(
            "Three things to take home",
            "First: shift the input, and every map shifts with it, exactly at multiples of the "
            "stride and away from the border. Second: what pooling forgets is where exactly a "
            "feature was. Third: parts are bound into objects by their places alone, with nothing "
            "but convolutions, non-linearities, pooling and enough data. Let the bar play once "
            "more while you take questions, and grab it when someone asks: what if?",
            "31-61",
        ),
    )


if __name__ == "__main__":
    lecture_files.save(lecture(), resources.lecture(), registry.known_ids())
