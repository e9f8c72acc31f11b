"""What the graphics card runs: GLSL 1.30, which every driver since 2008 takes."""

from __future__ import annotations

_PLACE = """#version 130
attribute vec3 a_position;
attribute vec3 a_normal;
attribute vec4 a_colour;
attribute float a_slot;
attribute float a_entity;
uniform sampler2D u_poses;
uniform mat4 u_clip_from_world;
const vec4 NOWHERE = vec4(2.0, 2.0, 2.0, 1.0);

ivec2 texel_of(float slot) {
    int number = int(slot + 0.5);
    return ivec2((number & 255) * 3, number >> 8);
}

vec3 turned(vec4 xyzw, vec3 v) {
    return v + 2.0 * cross(xyzw.xyz, cross(xyzw.xyz, v) + xyzw.w * v);
}
"""

SURFACE_VERTEX = (
    _PLACE
    + """
varying vec3 v_world;
varying vec3 v_normal;
varying vec4 v_colour;
varying float v_grey;

void main() {
    ivec2 texel = texel_of(a_slot);
    vec4 place = texelFetch(u_poses, texel, 0);
    vec4 turn = texelFetch(u_poses, texel + ivec2(1, 0), 0);
    v_world = turned(turn, a_position) + place.xyz;
    v_normal = turned(turn, a_normal);
    v_colour = vec4(a_colour.rgb, a_colour.a * place.w);
    v_grey = texelFetch(u_poses, texel + ivec2(2, 0), 0).x;
    gl_Position = place.w > 0.0 ? u_clip_from_world * vec4(v_world, 1.0) : NOWHERE;
}
"""
)

_DISC = """
const vec2 DISC[8] = vec2[8](
    vec2(-0.33, -0.94), vec2(0.36, -0.31), vec2(-0.87, -0.14), vec2(0.97, -0.08),
    vec2(-0.23, 0.21), vec2(0.58, 0.66), vec2(-0.61, 0.76), vec2(0.06, 0.98));
"""

SURFACE_FRAGMENT = (
    """#version 130
uniform sampler2D u_shadow;
uniform sampler2D u_openness;
uniform mat4 u_shadow_from_world;
uniform mat4 u_floor_from_world;
uniform vec3 u_eye;
uniform vec3 u_to_light;
uniform float u_shadow_texel_m;
uniform float u_light;
varying vec3 v_world;
varying vec3 v_normal;
varying vec4 v_colour;
varying float v_grey;
"""
    + _DISC
    + """
bool inside(vec3 at) {
    return all(greaterThan(at, vec3(0.0))) && all(lessThan(at, vec3(1.0)));
}

float lit_by_key(vec3 normal, float facing) {
    // A face that the light grazes crosses many depths in one texel of the shadow.
    float off_m = 0.02 + 2.0 * u_shadow_texel_m * sqrt(max(0.0, 1.0 - facing * facing));
    vec4 moved = vec4(v_world + normal * off_m, 1.0);
    vec3 at = (u_shadow_from_world * moved).xyz * 0.5 + 0.5;
    if (!inside(at)) return 1.0;
    float texel = 1.4 / float(textureSize(u_shadow, 0).x);
    float lit = 0.0;
    for (int i = 0; i < 8; i++)
        lit += step(at.z - 0.0006, texture2D(u_shadow, at.xy + DISC[i] * texel).r);
    return lit / 8.0;
}

float open_sky() {
    vec3 at = vec3((u_floor_from_world * vec4(v_world, 1.0)).xy * 0.5 + 0.5, 0.5);
    return inside(at) ? texture2D(u_openness, at.xy).r : 1.0;
}

vec3 srgb(vec3 linear) {
    // By roots, which cost less than powers: I. Taylor, "sRGB approximations", 2012.
    vec3 second = sqrt(linear);
    vec3 fourth = sqrt(second);
    vec3 eighth = sqrt(fourth);
    return 0.662002687 * second + 0.684122060 * fourth - 0.323583601 * eighth
        - 0.022541147 * linear;
}

void main() {
    vec3 to_eye = normalize(u_eye - v_world);
    vec3 normal = normalize(v_normal);
    float towards = dot(normal, to_eye);
    if (towards < 0.0) { normal = -normal; towards = -towards; }
    float facing = dot(normal, u_to_light);
    float key = facing > 0.0 ? facing * lit_by_key(normal, facing) : 0.0;
    float sky = 0.5 + 0.5 * normal.z;
    float open = v_world.z < 0.04 && normal.z > 0.7 ? open_sky() : 1.0;
    vec3 ambient = mix(vec3(0.30, 0.285, 0.265), vec3(0.52, 0.545, 0.58), sky) * open;
    // A weak lamp at the eye keeps form readable where the key light does not reach.
    vec3 light = ambient + vec3(0.66, 0.645, 0.61) * key + 0.10 * towards;
    vec3 halfway = normalize(u_to_light + to_eye);
    float shine = key > 0.0 ? max(dot(normal, halfway), 0.0) : 0.0;
    shine *= shine; shine *= shine; shine *= shine; shine *= shine;
    float gloss = 0.16 * shine * shine * shine;
    float away = 1.0 - towards;
    float rim = 0.10 * away * away * away * away * sky * open;
    vec3 colour = (v_colour.rgb * light + gloss + rim) * u_light;
    colour = mix(colour, vec3(dot(colour, vec3(0.2126, 0.7152, 0.0722))), v_grey);
    float alpha = v_colour.a < 0.99 ? min(v_colour.a + rim * 2.0 + gloss, 1.0) : 1.0;
    gl_FragColor = vec4(srgb(clamp(colour, 0.0, 1.0)), alpha);
}
"""
)

OPENNESS_FRAGMENT = (
    """#version 130
uniform sampler2D u_underside;
uniform float u_height_m;
uniform float u_width_m;
varying vec2 v_at;
"""
    + _DISC
    + """
void main() {
    // Share of the sky that a point of the floor sees: what stands above it, at
    // height h, hides more the lower it is. Eight looks at each of three distances.
    float hidden = 0.0;
    for (int ring = 0; ring < 3; ring++) {
        float radius_m = ring == 0 ? 0.12 : ring == 1 ? 0.33 : 0.9;
        for (int i = 0; i < 8; i++) {
            vec2 at = v_at + DISC[i].yx * radius_m / u_width_m;
            float height_m = texture2D(u_underside, at).r * u_height_m;
            float ratio = height_m / (radius_m + 0.25);
            hidden += 1.0 / (1.0 + ratio * ratio);
        }
    }
    gl_FragColor = vec4(1.0 - 0.62 * hidden / 24.0, 0.0, 0.0, 1.0);
}
"""
)

EDGE_VERTEX = (
    _PLACE
    + """
uniform float u_reach_m;
uniform float u_near_m;
varying vec4 v_colour;

void main() {
    ivec2 texel = texel_of(a_slot);
    vec4 place = texelFetch(u_poses, texel, 0);
    vec4 turn = texelFetch(u_poses, texel + ivec2(1, 0), 0);
    vec4 at = u_clip_from_world * vec4(turned(turn, a_position) + place.xyz, 1.0);
    // Towards the eye by 2 mm, so that a line wins over the faces it borders.
    at.z -= 0.004 * u_near_m / at.w;
    float strength = 0.5 * place.w * clamp(1.6 - at.w / u_reach_m, 0.0, 1.0);
    v_colour = vec4(pow(a_colour.rgb * 0.12, vec3(1.0 / 2.2)), strength);
    gl_Position = strength > 0.0 ? at : NOWHERE;
}
"""
)

FLAT_VERTEX = (
    _PLACE
    + """
uniform vec2 u_shift;
uniform vec4 u_paint;
varying vec4 v_colour;

void main() {
    ivec2 texel = texel_of(a_slot);
    vec4 place = texelFetch(u_poses, texel, 0);
    vec4 turn = texelFetch(u_poses, texel + ivec2(1, 0), 0);
    vec4 at = u_clip_from_world * vec4(turned(turn, a_position) + place.xyz, 1.0);
    at.xy += u_shift * at.w;
    v_colour = u_paint;
    gl_Position = place.w > 0.0 ? at : NOWHERE;
}
"""
)

FLAT_FRAGMENT = """#version 130
varying vec4 v_colour;
void main() { gl_FragColor = v_colour; }
"""

ID_VERTEX = (
    _PLACE
    + """
varying vec4 v_colour;

void main() {
    ivec2 texel = texel_of(a_slot);
    vec4 place = texelFetch(u_poses, texel, 0);
    vec4 turn = texelFetch(u_poses, texel + ivec2(1, 0), 0);
    int number = int(a_entity + 0.5);
    v_colour = vec4(number & 255, (number >> 8) & 255, number >> 16, 255.0) / 255.0;
    vec4 at = u_clip_from_world * vec4(turned(turn, a_position) + place.xyz, 1.0);
    gl_Position = place.w > 0.0 ? at : NOWHERE;
}
"""
)

DEPTH_FRAGMENT = """#version 130
void main() { gl_FragColor = vec4(gl_FragCoord.z, 0.0, 0.0, 1.0); }
"""

DEPTH_VERTEX = (
    _PLACE
    + """
void main() {
    ivec2 texel = texel_of(a_slot);
    vec4 place = texelFetch(u_poses, texel, 0);
    vec4 turn = texelFetch(u_poses, texel + ivec2(1, 0), 0);
    vec4 at = u_clip_from_world * vec4(turned(turn, a_position) + place.xyz, 1.0);
    gl_Position = place.w > 0.0 ? at : NOWHERE;
}
"""
)

WHOLE_VERTEX = """#version 130
attribute vec2 a_corner;
varying vec2 v_at;
void main() {
    v_at = a_corner * 0.5 + 0.5;
    gl_Position = vec4(a_corner, 0.99999, 1.0);
}
"""

BACKDROP_FRAGMENT = """#version 130
uniform vec3 u_top;
uniform vec3 u_bottom;
varying vec2 v_at;
void main() { gl_FragColor = vec4(mix(u_bottom, u_top, v_at.y), 1.0); }
"""

COPY_FRAGMENT = """#version 130
uniform sampler2D u_picture;
varying vec2 v_at;
void main() { gl_FragColor = vec4(texture2D(u_picture, v_at).rgb, 1.0); }
"""

TAG_VERTEX = """#version 130
attribute vec2 a_at;
attribute vec2 a_texel;
uniform vec2 u_size;
varying vec2 v_texel;
void main() {
    v_texel = a_texel;
    vec2 clip = a_at / u_size * 2.0 - 1.0;
    gl_Position = vec4(clip.x, -clip.y, 0.0, 1.0);
}
"""

TAG_FRAGMENT = """#version 130
uniform sampler2D u_sheet;
varying vec2 v_texel;
void main() { gl_FragColor = texelFetch(u_sheet, ivec2(v_texel), 0); }
"""

SMOOTHING_FRAGMENT = """#version 130
uniform sampler2D u_picture;
varying vec2 v_at;

float bright(vec3 colour) { return dot(colour, vec3(0.299, 0.587, 0.114)); }

void main() {
    // Where brightness jumps, the picture is smeared along the jump: stairs of
    // slanted borders vanish at the price of one look at each neighbour.
    vec2 px = 1.0 / vec2(textureSize(u_picture, 0));
    vec3 here = texture2D(u_picture, v_at).rgb;
    float middle = bright(here);
    float nw = bright(texture2D(u_picture, v_at + vec2(-px.x, px.y)).rgb);
    float ne = bright(texture2D(u_picture, v_at + px).rgb);
    float sw = bright(texture2D(u_picture, v_at - px).rgb);
    float se = bright(texture2D(u_picture, v_at + vec2(px.x, -px.y)).rgb);
    float darkest = min(middle, min(min(nw, ne), min(sw, se)));
    float brightest = max(middle, max(max(nw, ne), max(sw, se)));
    if (brightest - darkest < 0.05) {
        gl_FragColor = vec4(here, 1.0);
        return;
    }
    vec2 along = vec2((sw + se) - (nw + ne), (nw + sw) - (ne + se));
    float damping = max((nw + ne + sw + se) * 0.03, 0.008);
    along /= min(abs(along.x), abs(along.y)) + damping;
    along = clamp(along, -6.0, 6.0) * px;
    vec3 narrow = 0.5 * (texture2D(u_picture, v_at + along / 6.0).rgb
        + texture2D(u_picture, v_at - along / 6.0).rgb);
    vec3 wide = 0.5 * narrow + 0.25 * (texture2D(u_picture, v_at + along * 0.5).rgb
        + texture2D(u_picture, v_at - along * 0.5).rgb);
    float found = bright(wide);
    bool beyond = found < darkest || found > brightest;
    gl_FragColor = vec4(beyond ? narrow : wide, 1.0);
}
"""
